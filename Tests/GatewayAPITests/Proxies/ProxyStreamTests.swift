import ExactJSON
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@testable import GatewayAPI

/// Lists of proxies on real sockets: how they flow, how they break, and what they leave behind.
@Suite(.timeLimit(.minutes(1))) struct `A list of proxies on its way` {
    /// Sends a call for an order's proxies over a connection of its own.
    private func ask<Value: Sendable>(
        _ office: Office, _ id: String, _ query: String = "", version: String = "HTTP/1.1",
        _ body: (Wire) async throws -> Value
    ) async throws -> Value {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: try #require(office.port))
        return try await Wire.open(at: address) { wire in
            try await wire.send(
                "GET /orders/\(id)/proxies\(query) \(version)\r\nHost: a\r\n"
                    + "Authorization: Bearer \(office.tokens[.buyer] ?? "")\r\n\r\n")
            return try await body(wire)
        }
    }

    @Test(arguments: ["", "?format=plain", "?format=csv", "?format=uri"])
    func `ends with its number where it is whole`(query: String) async throws {
        try await Office.open(vendor: .showing(BoughtProxy.many(5000)), over: .live) { office in
            let id = try await office.sold(.example(quantity: 5000))
            let reply = try await office.call(.get, "/orders/\(id)/proxies" + query, as: .buyer)
            #expect(reply.trailers[.proxiesCount] == "5000")
            let count =
                query.isEmpty ? reply.json["data"]?.array?.count : reply.text.split(whereSeparator: \.isNewline).count
            #expect(count == (query == "?format=csv" ? 5001 : 5000))
        }
    }

    @Test(arguments: ["", "?format=plain", "?format=csv", "?format=uri"], ["HTTP/1.1", "HTTP/1.0"])
    func `that breaks off has no end`(query: String, version: String) async throws {
        let lines = KeptLines()
        let vendor = ScriptedVendor.showing(BoughtProxy.many(100), then: .unavailable(reason: "connection_lost"))
        let note: (inout HTTPContract.Settings) -> Void = { $0.calls = lines.logger }
        try await Office.open(vendor: vendor, over: .live, note) { office in
            let id = try await office.sold(.example(quantity: 100))
            try await self.ask(office, id, query, version: version) { wire in
                let text = await wire.rest()
                if version == "HTTP/1.0" {
                    #expect(wire.wasReset)
                } else {
                    #expect(text.contains("198.51.100") || text.contains("10.0.0.99"))
                    #expect(!text.contains("\r\n0\r\n") && !text.contains("X-Proxies-Count: "))
                }
                #expect(!text.contains("next_cursor"))
            }
            #expect(lines.all.contains { $0.contains("a list of proxies broke off") && $0.contains("connection_lost") })
            #expect(lines.all.contains { $0.contains(id) })
        }
    }

    @Test func `of another number than ordered says both, and is noted`() async throws {
        let lines = KeptLines()
        let note: (inout HTTPContract.Settings) -> Void = { $0.calls = lines.logger }
        try await Office.open(vendor: .showing(BoughtProxy.many(19)), over: .live, note) { office in
            let reply = try await office.call(.get, "/orders/\(try await office.sold(.example()))/proxies", as: .buyer)
            #expect(reply.headers[.proxiesOrdered] == "20" && reply.trailers[.proxiesCount] == "19")
            #expect(lines.all.contains { $0.contains("another number") && $0.contains("19") && $0.contains("20") })
        }
    }

    @Test func `leaves nothing behind`() async throws {
        let lines = KeptLines()
        let note: (inout HTTPContract.Settings) -> Void = { $0.calls = lines.logger }
        try await Office.open(vendor: .showing(BoughtProxy.many(10, login: "Canary99")), over: .live, note) { office in
            let id = try await office.sold(.example(quantity: 10))
            for format in ProxyFormat.allCases {
                let reply = try await office.call(.get, "/orders/\(id)/proxies?format=\(format)", as: .buyer)
                #expect(reply.text.contains("Canary99"))
            }
            let orderID = try #require(OrderID(id, kind: .order))
            let order = try #require(try await office.store.order(orderID))
            var stored = "\(order)" + (order.vendorDetails?.text ?? "")
            dump(order, to: &stored)
            dump(try await office.store.events(of: order.id), to: &stored)
            #expect(!stored.contains("Canary99"))
            #expect(lines.all.contains { $0.contains("/proxies") })
            #expect(!lines.all.contains { $0.contains("Canary99") || $0.contains("10.0.0.") })
        }
    }

    /// The vendor is asked for no more than its caller takes: the sockets' buffers and little else.
    @Test func `waits for its caller`() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Int.self)
        let wide = BoughtProxy.many(200, login: String(repeating: "x", count: 255))
        let vendor = ScriptedVendor.idempotent {
            $0.proxies = { _ in
                let count = Produced(end)
                return ProxyList { () async throws(VendorError) in
                    count.add()
                    return wide
                }
            }
        }
        try await Office.open(vendor: vendor, over: .live, writeTimeout: .seconds(1)) { office in
            let id = try await office.sold()
            try await self.ask(office, id, "?format=plain") { wire in
                await wire.receive()
                // Nothing more is read; the door gives up on such a caller, and the list is let go.
                let pieces = try #require(await ends.first { _ in true })
                #expect(pieces * 200 * 530 < 24 << 20, "\(pieces) pieces were read ahead")
            }
        }
    }

    /// The vendor is read no further than it takes to say how an answer to a `GET` would begin.
    @Test func `is begun for a HEAD, and no more`() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Int.self)
        let vendor = ScriptedVendor.idempotent {
            $0.proxies = { _ in
                let (list, count) = (ProxyList.pieces(of: BoughtProxy.many(10)), Produced(end))
                return ProxyList { () async throws(VendorError) in
                    count.add()
                    var iterator = list.makeAsyncIterator()
                    return try await iterator.next()
                }
            }
        }
        try await Office.open(vendor: vendor, over: .live) { office in
            let path = "/orders/\(try await office.sold(.example(quantity: 10)))/proxies?format=csv"
            var pieces = ends.makeAsyncIterator()
            // More of them than there are places for downloads.
            for _ in 0...Purchaser.downloadsAtOnce {
                let head = try await office.call(.head, path, as: .buyer)
                #expect(head.status == 200 && head.text.isEmpty)
                #expect(head.headers[.trailer] == "X-Proxies-Count" && head.headers[.proxiesOrdered] == "10")
                #expect(head.headers[.transferEncoding] == "chunked")
                let read = await pieces.next()
                #expect(read == 1)
            }
            let whole = try await office.call(.get, path, as: .buyer, headers: [.headMark: "1"])
            #expect(whole.trailers[.proxiesCount] == "10")
        }
    }

    @Test func `takes a place, and gives it back`() async throws {
        let gate = Gate()
        let vendor = ScriptedVendor.idempotent {
            $0.proxies = { _ in
                let list = ProxyList.pieces(of: BoughtProxy.many(4))
                let pieces = Mutex(0)
                return ProxyList { () async throws(VendorError) in
                    var iterator = list.makeAsyncIterator()
                    let number = pieces.withLock { count in
                        count += 1
                        return count
                    }
                    if number == 2 { await gate.pass() }
                    return try await iterator.next()
                }
            }
        }
        try await Office.open(vendor: vendor, over: .live) { office in
            let id = try await office.sold(.example(quantity: 4))
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: try #require(office.port))
            let token = office.tokens[.buyer] ?? ""
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<Purchaser.downloadsAtOnce {
                    group.addTask { try await Self.whole(address, id, token) }
                }
                await gate.wait(for: Purchaser.downloadsAtOnce)
                let turnedAway = try await office.call(.get, "/orders/\(id)/proxies", as: .buyer)
                #expect(turnedAway.code == "overloaded" && turnedAway.money == "unchanged")
                await gate.open()
                for try await text in group { #expect(text.contains("X-Proxies-Count: 4")) }
            }
            #expect(try await office.call(.get, "/orders/\(id)/proxies", as: .buyer).status == 200)
        }
    }

    private static func whole(_ address: SocketAddress, _ id: String, _ token: String) async throws -> String {
        try await Wire.open(at: address) { wire in
            try await wire.send(
                "GET /orders/\(id)/proxies HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Authorization: Bearer \(token)\r\n\r\n")
            return await wire.rest()
        }
    }
}

/// Counts pieces, and tells how many there were when nobody can ask for more.
private final class Produced: Sendable {
    private let count = Mutex(0)
    private let end: AsyncStream<Int>.Continuation

    init(_ end: AsyncStream<Int>.Continuation) { self.end = end }

    func add() { count.withLock { $0 += 1 } }

    deinit { end.yield(count.withLock { $0 }) }
}

/// Holds whoever passes until it is opened.
private actor Gate {
    private var isOpen = false
    private var held: [CheckedContinuation<Void, Never>] = []
    private var watcher: (count: Int, continuation: CheckedContinuation<Void, Never>)?

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { continuation in
            held.append(continuation)
            if let watcher, held.count >= watcher.count {
                self.watcher = nil
                watcher.continuation.resume()
            }
        }
    }

    func wait(for count: Int) async {
        guard held.count < count else { return }
        await withCheckedContinuation { watcher = (count, $0) }
    }

    func open() {
        isOpen = true
        for continuation in held { continuation.resume() }
        held = []
    }
}

/// Log lines, with all that stands in them.
private final class KeptLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let lines: KeptLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.lines.withLock { $0.append("\(event.message) \(all)") }
        }
    }
}

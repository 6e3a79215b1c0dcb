import Foundation
import Logging
import PurchasingTestKit
import Synchronization
import Testing

@testable import Purchasing

/// How a vendor has been answering, told by the calls that had to be made anyway.
@Suite struct VendorHealthTests {
    private static let id = IdentifierSource { 0 }.next(.order)

    private static func vendor(_ lines: LogLines = LogLines(), _ change: (inout ScriptedVendor.Script) -> Void)
        -> Vendor
    {
        var logger = Logger(label: "test") { _ in LineKeeper(lines: lines) }
        logger.logLevel = .debug
        return Vendor(name: "v", adapter: ScriptedVendor.attributable(change), logger: logger)
    }

    @Test func `counts failures in a row, and an answer of any kind ends the row`() async {
        let vendor = Self.vendor {
            $0.accounts = [.failure(.unavailable(reason: "connection_refused")), .failure(.authFailed)]
            $0.goods = [.failure(.refused(code: "7", message: nil))]
        }
        #expect(vendor.health.current == VendorHealth())
        for _ in 0..<2 { await #expect(throws: VendorError.self) { try await vendor.adapter.account() } }
        #expect(vendor.health.current.failuresInARow == 2)
        #expect(vendor.health.current.lastFailure?.reason == "auth_failed")
        #expect(vendor.health.current.answeredAt == nil)
        await #expect(throws: VendorError.self) { try await vendor.adapter.goods() }
        #expect(vendor.health.current.failuresInARow == 0)
        #expect(vendor.health.current.answeredAt != nil)
        #expect(vendor.health.current.latency != nil)
        #expect(vendor.health.current.lastFailure?.reason == "auth_failed")
    }

    @Test(
        arguments: [
            (PurchaseOutcome.bought(Receipt(isReady: true)), nil), (.refused(Refusal(.insufficientBalance)), nil),
            (.notSent(.unreachable("tls_failed")), "tls_failed"),
            (.notSent(.rateLimited(retryAfter: .zero)), "rate_limited"),
            (.unknown(Doubt("deadline")), "deadline"),
        ] as [(PurchaseOutcome, String?)])
    func `is what a purchase came to`(outcome: PurchaseOutcome, failure: String?) async {
        let lines = LogLines()
        let vendor = Self.vendor(lines) { $0.purchases = [outcome] }
        let call = PurchaseCall(
            request: Shop.residential, body: [], key: nil, baseline: nil, quotedPrice: nil,
            context: CallContext(orderID: Self.id))
        #expect(await vendor.adapter.purchase(call) { _ in } == outcome)
        #expect(vendor.health.current.lastFailure?.reason == failure)
        #expect(
            lines.all == ["vendor called call=purchase order_id=\(Self.id) outcome=\(failure ?? "answered") vendor=v"])
    }

    private static let sale = Sale(orderID: id, request: .example(), vendorOrderID: "o", batchID: "b")

    private static func proxies(_ ips: String...) -> [BoughtProxy] {
        ips.compactMap { BoughtProxy(ip: $0, httpPort: 8000, socks5Port: nil, user: "u", password: "p") }
    }

    @Test func `is what a list of proxies came to, noted once, when it is over`() async throws {
        let lines = LogLines()
        let vendor = Self.vendor(lines) { $0.proxies = { _ in ProxyList(Self.proxies("10.0.0.1", "10.0.0.2")) } }
        let noted = { (outcome: String) in
            "vendor called call=proxies order_id=\(Self.id) outcome=\(outcome) vendor=v"
        }
        let list = try #require(try await vendor.adapter.proxies(of: Self.sale))
        #expect(lines.all.isEmpty)
        var iterator = list.makeAsyncIterator()
        let first = try await iterator.next()
        #expect(first?.count == 2 && lines.all.isEmpty)
        for _ in 0..<2 {
            let end = try await iterator.next()
            #expect(end == nil)
        }
        #expect(lines.all == [noted("answered")])
        // Dropped unread, the vendor had answered all the same.
        _ = try await vendor.adapter.proxies(of: Self.sale)
        #expect(lines.all == [noted("answered"), noted("answered")])
    }

    @Test func `is a failure where a list of proxies breaks`() async throws {
        let lines = LogLines()
        let vendor = Self.vendor(lines) {
            $0.proxies = { _ in ProxyList { () async throws(VendorError) in throw .unavailable(reason: "deadline") } }
        }
        let list = try #require(try await vendor.adapter.proxies(of: Self.sale))
        for _ in 0..<2 {
            await #expect(throws: VendorError.unavailable(reason: "deadline")) {
                for try await _ in list { Issue.record("there is none") }
            }
        }
        #expect(vendor.health.current.failuresInARow == 1)
        #expect(lines.all.count == 1 && lines.all.first?.contains("outcome=deadline") == true)
        let refusing = Self.vendor { $0.proxies = { _ throws(VendorError) in throw .refused(code: "x", message: nil) } }
        await #expect(throws: VendorError.self) { try await refusing.adapter.proxies(of: Self.sale) }
        #expect(refusing.health.current.failuresInARow == 0 && refusing.health.current.answeredAt != nil)
    }
}

/// Log lines, without what differs from run to run.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

struct LineKeeper: LogHandler {
    let lines: LogLines
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.filter { $0.key != "milliseconds" }
        let words = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        lines.add(([event.message.description] + words).joined(separator: " "))
    }
}

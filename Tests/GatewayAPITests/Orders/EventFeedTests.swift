import ExactJSON
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite(.timeLimit(.minutes(1))) struct EventFeedTests {
    @Test func `pages walk all events in the order of the commits, a client's own for a buyer`() async throws {
        try await Office.open { office in
            _ = try await History.fill(office, 9)
            let all = try await office.store.events(EventQuery(limit: 1000))
            for (role, expected) in [(Role.auditor, all), (.buyer, all.filter { $0.client == "crawler" })] {
                var seen: [String] = []
                var next: String? = "/v1/events?limit=2"
                while let path = next {
                    let page = try await office.call(.get, path, as: role)
                    seen += page.ids
                    next = page.headers[.link].map { $0.split(separator: ">")[0].dropFirst() }.map(String.init)
                    #expect((next == nil) == (page.json["next_cursor"] == .null))
                }
                #expect(seen == expected.map(\.event.id.text))
            }
            let last = try #require(all.last)
            #expect(try await office.call(.get, "/events?after=\(last.event.id)", as: .auditor).ids.isEmpty)
            #expect(try await office.call(.get, "/events?after=latest", as: .auditor).ids.isEmpty)
            let typed = try await office.call(.get, "/events?type=order.canceled&client=other", as: .auditor)
            #expect(
                typed.ids
                    == all.filter { $0.client == "other" && $0.event.type == .state(.canceled) }
                    .map(\.event.id.text))
            let own = try await office.call(.get, "/events?order_id=\(last.event.orderID)", as: .auditor)
            #expect(own.ids == all.filter { $0.event.orderID == last.event.orderID }.map(\.event.id.text))
        }
    }

    @Test(arguments: [
        ("after=1", ["after invalid_id"]), ("after=evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1", ["after unknown_event"]),
        ("type=order.sold", ["type invalid_choice"]),
        ("order_id=1&limit=0", ["limit out_of_range", "order_id invalid_id"]),
        ("cursor=x", ["cursor unknown_parameter"]),
    ])
    func `refuses what it does not understand`(query: String, faults: [String]) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/events?\(query)", as: .auditor)
            #expect(reply.faults == faults)
        }
    }

    @Test func `another client's event is as one that is not there`() async throws {
        try await Office.open { office in
            let order = try await office.stored(office.ordered(client: "other"))
            let event = try #require(try await office.store.events(of: order.id).first)
            let reply = try await office.call(.get, "/events?after=\(event.id)", as: .buyer)
            #expect(reply.faults == ["after unknown_event"])
            #expect(try await office.call(.get, "/events?client=crawler", as: .buyer).code == "forbidden")
        }
    }

    // MARK: Streams

    /// Opens a stream on a connection of its own.
    private static func stream<Value: Sendable>(
        _ office: Office, _ query: String = "", last: String? = nil, as role: Role = .auditor,
        _ body: (Wire) async throws -> Value
    ) async throws -> Value {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: try #require(office.port))
        return try await Wire.open(at: address) { wire in
            try await wire.send(
                "GET /events\(query) HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n"
                    + (last.map { "Last-Event-ID: \($0)\r\n" } ?? "")
                    + "Authorization: Bearer \(office.tokens[role] ?? "")\r\n\r\n")
            return try await body(wire)
        }
    }

    /// The ids in a stream, in their order.
    private static func ids(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }

    @Test func `a stream tells what there was, and what comes`() async throws {
        try await Office.open(over: .live) { office in
            _ = try await History.fill(office, 3)
            try await Self.stream(office) { wire in
                let order = try await office.stored(office.ordered(client: "other"), taking: [.withdrawn])
                let events = try await office.store.events(EventQuery(limit: 1000)).map(\.event)
                let last = try #require(events.last)
                #expect(last.orderID == order.id)
                let text = try await wire.read(until: last.id.text + "\nevent: order.canceled")
                #expect(text.lowercased().contains("content-type: text/event-stream"))
                #expect(Self.ids(text) == events.map(\.id.text))
                #expect(text.contains("data: \(EventBody(events[0]).json.text)\n\n"))
            }
        }
    }

    @Test func `a stream that is taken up again misses nothing and repeats nothing`() async throws {
        try await Office.open(over: .live) { office in
            _ = try await History.fill(office, 5)
            let events = try await office.store.events(EventQuery(limit: 1000)).map(\.event.id.text)
            for (index, id) in events.enumerated().dropLast() {
                try await Self.stream(office, "?after=latest", last: id) { wire in
                    let text = try await wire.read(until: events[events.count - 1])
                    #expect(Self.ids(text) == Array(events.dropFirst(index + 1)))
                }
            }
            try await Self.stream(office, last: "evt_01JDA3V4T8Z3M7N5Q6R8S9T0W1") { wire in
                let text = try await wire.read(until: "unknown_event")
                #expect(text.hasPrefix("HTTP/1.1 422"))
            }
        }
    }

    @Test func `a quiet stream sends comments`() async throws {
        try await Office.open(over: .live, { $0.heartbeat = .seconds(15) }) { office in
            try await Self.stream(office, "?after=latest") { wire in
                _ = try await wire.read(until: "retry: 2000")
                for _ in 0..<3 {
                    while office.clock.sleepers == 0 { await Task.yield() }
                    office.clock.advance(by: .seconds(15))
                    _ = try await wire.read(until: ":\n\n")
                }
                let order = try await office.stored(office.ordered(client: "crawler"))
                #expect(try await wire.read(until: order.id.text).contains("event: order.pending"))
            }
        }
    }

    @Test func `a buyer's stream has its own client's events alone`() async throws {
        try await Office.open(over: .live) { office in
            try await Self.stream(office, as: .buyer) { wire in
                _ = try await office.stored(office.ordered(client: "other"))
                let own = try await office.stored(office.ordered(client: "crawler"))
                let text = try await wire.read(until: own.id.text)
                #expect(Self.ids(text).count <= 1)
                #expect(!text.contains("other"))
            }
        }
    }
}

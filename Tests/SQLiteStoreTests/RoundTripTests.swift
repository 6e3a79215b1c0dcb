import ExactJSON
import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

/// Whatever an order holds, a store gives it back exactly.
@Suite struct RoundTripTests {
    @Test func `orders and events come back as they were`() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                for index in 0..<300 {
                    var life = RandomLife(index: index, random: random)
                    let change = life.change()
                    random = life.random
                    _ = try await store.accept(change)
                    #expect(try await store.order(change.order.id) == change.order, "seed \(seed), order \(index)")
                    #expect(
                        try await store.events(of: change.order.id) == change.events, "seed \(seed), order \(index)")
                }
            }
        }
    }

    @Test func `a request and a routing that were written here are read without a tree, and as with one`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var life = RandomLife(index: 0, random: SeededRandom(seed: seed))
        for _ in 0..<2000 {
            let request = life.request()
            let text = String(decoding: request.normalForm, as: UTF8.self)
            let read = try #require(OrderRequest(normalForm: text, as: .stored), "seed \(seed), \(text)")
            #expect(try read == OrderRequest(json: JSON(stored: text, column: "request")), "seed \(seed)")
            #expect(read == request && read.normalForm == request.normalForm, "seed \(seed), \(text)")
            let routing = life.routing()
            let stored = routing.stored.text
            #expect(Routing(written: stored) == routing, "seed \(seed), \(stored)")
            #expect(Routing(stored: try JSON(stored: stored, column: "routing")) == routing, "seed \(seed), \(stored)")
        }
    }

    @Test(arguments: [
        #"{"policy":"best","candidates":[]}"#, #"{"policy":"priority"}"#, "[]", "{",
        #"{"policy":"priority","candidates":[{"vendor":"v","is_chosen":true,"unused":[],"price":{"micros":"1"}}]}"#,
        #"{"policy":"priority","candidates":[{"vendor":"v","is_chosen":1,"unused":[]}]}"#,
    ])
    func `a routing that was not written here is not made up`(text: String) {
        #expect(throws: UnreadableRow.self) { try Routing(text: text, column: "routing") }
    }

    @Test(arguments: [
        #"{"count":3}"#, #"{"is_there":1}"#, #"{"is_there":true,"count":"3"}"#, #"{"is_there":true,"allowed":[1]}"#,
        #"{"is_there":true,"balance":{"micros":1}}"#, #"{"is_there":true,"weather":"fine"}"#, "[]", "{",
    ])
    func `evidence that was not written here is not made up`(text: String) {
        #expect(throws: UnreadableRow.self) { try GoodsCondition(text: text, column: "baseline") }
    }

    @Test func `an action that cannot be read is said, without its data`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let ids = try await ActionDefenceTests.fill(store)
                try place.sql { db in
                    try db.execute(
                        sql: """
                            DROP TRIGGER action_keeps_its_origin;
                            UPDATE action SET version = version + 1, request = '{"kind":"teapot"}' WHERE status = 'pending'
                            """)
                }
                let id = try #require(ids["pending"].flatMap { ActionID($0, kind: .action) })
                await #expect(throws: StoreError.unavailable("a stored action's request cannot be read")) {
                    _ = try await store.action(id)
                }
            }
        }
    }

    @Test func `an order that cannot be read is said, without its data`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let change = OrderChange.accepting(.example())
                _ = try await store.accept(change)
                try place.sql { db in
                    try db.execute(
                        sql: """
                            DROP TRIGGER order_keeps_its_origin;
                            UPDATE purchase_order SET version = version + 1, request = '{"product":"teapot"}'
                            """)
                }
                await #expect(throws: StoreError.unavailable("a stored request cannot be read")) {
                    _ = try await store.order(change.order.id)
                }
            }
        }
    }
}

/// An order with everything that an order can hold, picked by a seed, with the events that led there.
private struct RandomLife {
    let index: Int
    var random: SeededRandom

    mutating func change() -> OrderChange {
        let request = request()
        let order = Order(
            id: IdentifierSource.examples.next(.order), client: text(), idempotencyKey: maybe { "\($0.index)" },
            request: request, fingerprint: request.fingerprint, requestID: text(), traceparent: maybe { $0.text() },
            routing: routing(), createdAt: date())
        var change = OrderChange.accepting(order)
        change.update { order in
            order.vendor = "v\(index)"
            order.attempts = (1...3).prefix(Int.random(in: 1...3, using: &random)).map { attempt($0) }
        }
        note(&change)
        step(&change, .dispatched)
        let ends: [[OrderStep]] = [[], [.lost], [.bought], [.bought, .goodsReady], [.boughtReady], [.notBought]]
        for end in pick(ends) { step(&change, end) }
        change.update { describe(&$0) }
        return change
    }

    private mutating func step(_ change: inout OrderChange, _ step: OrderStep) {
        do {
            try change.take(
                step, cause: text(), actor: .init(pick([.client, .operator, .purser, .vendor]), text()), data: json(4))
        } catch {
            preconditionFailure("\(error)")
        }
    }

    private mutating func note(_ change: inout OrderChange) {
        for kind in [OrderEvent.Kind.attemptStarted, .attemptEnded, .evidenceRead, .decisionMade] {
            change.note(kind, cause: text(), data: json(3))
        }
    }

    private mutating func describe(_ order: inout Order) {
        order.vendorOrderNumber = maybe { $0.text() }
        order.vendorOrderID = maybe { $0.text() }
        order.batchID = maybe { $0.text() }
        order.total = maybe { $0.money() }
        order.totalSource = maybe { $0.pick([.vendor, .quote, .operator]) }
        order.routing = routing()
        order.unknown = maybe { life in
            var unknown = UnknownOutcome(since: life.date(), reason: life.text())
            unknown.needsReview = life.pick([true, false])
            unknown.findings = life.texts()
            return unknown
        }
        order.problem = maybe { life in
            OrderProblem(
                code: life.pick(ProblemCode.allCases), detail: life.text(),
                vendor: life.maybe { life in
                    VendorStatement(
                        name: life.text(), code: life.maybe { $0.text() }, message: life.maybe { $0.text() })
                }, retryAt: life.maybe { $0.date() })
        }
        order.expiresAt = maybe { $0.date() }
        order.autoRenewal = maybe { $0.pick([.months(12), .days(45)]) }
        order.vendorDetails = maybe { $0.json(30) }
        order.flags = texts()
    }

    private mutating func attempt(_ number: Int) -> Attempt {
        var attempt = Attempt(
            number: number, vendor: number == 1 ? "v\(index)" : "w\(number)", vendorKey: maybe { "\($0.index)" },
            body: (0..<Int.random(in: 0...300, using: &random)).map { _ in .random(in: 0...255, using: &random) },
            quotedPrice: maybe { $0.money() },
            baseline: maybe { life in
                Baseline(
                    balance: life.maybe { .usd(micros: -$0.money().amount.count) }, goods: life.maybe { $0.texts() })
            },
            startedAt: date())
        attempt.endedAt = maybe { $0.date() }
        attempt.outcome = maybe { $0.pick([.bought, .refused, .unknown, .notSent]) }
        attempt.reason = maybe { $0.text() }
        attempt.tries = Int.random(in: 0...50, using: &random)
        attempt.isTainted = pick([true, false])
        return attempt
    }

    mutating func routing() -> Routing {
        let candidates = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            var candidate = Routing.Candidate(
                vendor: text(), price: maybe { $0.money() }, priceSource: maybe { $0.pick(PriceSource.allCases) },
                priceAsOf: maybe { $0.date() }, isChosen: pick([true, false]), ruledOut: maybe { $0.text() },
                unused: texts())
            candidate.unpriced = maybe { $0.text() }
            return candidate
        }
        return Routing(policy: pick([.explicit, .priority]), candidates: candidates)
    }

    /// By way of the reader, since only it makes labels; every field that the product takes is there or not.
    mutating func request() -> OrderRequest {
        let rented: [(String, JSON?)] = [
            ("quantity", .int(Int.random(in: 1...1_000_000, using: &random))),
            pick([("months", .int(12)), ("days", .int(45))]),
            ("country", .string(pick(Country.all).alpha2)), ("goal", maybe { .string($0.text()) }),
            ("auth", maybe { $0.pick([["type": "login"], ["type": "ip", "ip": "2001:db8::7"]]) }),
            ("promo_code", maybe { _ in "SAVE_10" }),
        ]
        let gb = Millionths(.random(in: 1...1_000_000_000_000, using: &random)).text(places: 0)
        let own: [(String, JSON?)] = pick([
            [("product", "residential"), ("gb", JSONNumber(decimal: gb).map(JSON.number))],
            [("product", "mobile"), ("gb", JSONNumber(decimal: gb).map(JSON.number))],
            [("product", "mobile"), ("mobile_operator", "AT&T 5.G"), ("rotation_seconds", 300)] + rented,
            [("product", "isp"), ("city", maybe { _ in "newyork" }), ("asn", maybe { _ in 65_000 })] + rented
                + [("subuser", maybe { _ in "sub_1" })],
            [("product", "ipv4")] + rented,
            [("product", "ipv6"), ("protocol", pick(["http", "socks"]))] + rented,
        ])
        let common: [(String, JSON?)] = [
            ("vendor", maybe { _ in "helodata" }), ("max_total", maybe { .string($0.price().text) }),
            ("allow_unknown_price", .bool(pick([true, false]))),
            ("metadata", .object((0..<3).map { ("label\($0)", .string(text())) })),
        ]
        do {
            return try OrderRequest(json: .object(own + common))
        } catch {
            preconditionFailure("\(error)")
        }
    }

    // MARK: Values

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private mutating func maybe<Value>(_ value: (inout RandomLife) -> Value) -> Value? {
        Bool.random(using: &random) ? value(&self) : nil
    }

    private mutating func date() -> Date { Date(milliseconds: .random(in: 0...4_000_000_000_000, using: &random)) }

    private mutating func money() -> Money { .usd(micros: .random(in: 0...9_000_000_000_000_000_000, using: &random)) }

    /// What a caller may ask for at most.
    private mutating func price() -> Money { .usd(micros: .random(in: 1...9_999_999_999_999, using: &random)) }

    /// Words that JSON and SQL could stumble over, each followed by a number, so that no two are equal.
    private mutating func text() -> String {
        pick([
            "plain", "it's \"quoted\"", "back\\slash", "ünïcödé 🧾", "; DROP TABLE event --",
            "\u{1F468}\u{200D}\u{1F469}",
        ])
            + " \(UInt32.random(in: .min ... .max, using: &random))"
    }

    private mutating func texts() -> [String] { (0..<Int.random(in: 0...3, using: &random)).map { _ in text() } }

    private mutating func json(_ depth: Int) -> JSON {
        guard depth > 0 else { return .null }
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return .string(text())
        case 1: return .int(.random(in: .min ... .max, using: &random))
        case 2: return JSONNumber(decimal: "-0.10").map(JSON.number) ?? .null
        case 3: return .bool(pick([true, false]))
        case 4: return .array([json(depth - 1)])
        default: return .object([(text(), json(depth - 1)), ("line\nbreak\u{0}", json(depth - 3))])
        }
    }
}

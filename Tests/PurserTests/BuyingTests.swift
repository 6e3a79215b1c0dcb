import ArgumentParser
import ExactJSON
import Foundation
import Purchasing
import Synchronization
import Testing

@testable import purser

/// What `purser buy` does with each answer, and with none.
@Suite struct BuyingTests {
    typealias Step = ScriptedGateway.Step

    static let id = "ord_01K7C0X4Z0M3T5A8QH2B6NDEFG"

    static let body = Array(#"{"gb":5}"#.utf8)

    /// An order as a gateway answers it.
    static func order(_ status: String, _ http: Int = 200, at: Int = 1, rest: String = "") -> Step {
        .answer(http, #"{"id":"\#(id)","status":"\#(status)","vendor":"v","updated_at":"\#(at)"\#(rest)}"#)
    }

    /// A problem.
    static func problem(
        _ status: Int, _ code: String, _ action: String, money: String = "not_spent", isAboutOrder: Bool = false,
        retryAfter: Int? = nil
    ) -> Step {
        let order = isAboutOrder ? #","order_id":"\#(id)""# : ""
        return .answer(
            status,
            #"{"title":"T","detail":"D","code":"\#(code)","retry_action":"\#(action)","money_state":"\#(money)"\#(order)}"#,
            retryAfter: retryAfter)
    }

    static let review = order(
        "unknown", rest: #","unknown":{"reason":"deadline","needs_review":true,"findings":["two lists"]}"#)
    static let lost = Step.failure(.lost("gone"))
    static let unreached = Step.failure(.notReached("refused"))

    /// What the gateway does, how often it is sent the order, and how the command ends.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let steps: [Step]
        let posts: Int
        let status: Int32
        var waits = true
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "sold at once", steps: [order("completed", 201)], posts: 1, status: 0),
        Row(
            name: "sold, then ready", steps: [order("provisioning", 201), order("completed", at: 2)], posts: 1,
            status: 0),
        Row(name: "sold, not ready in time", steps: [order("provisioning", 201)], posts: 1, status: 0),
        Row(
            name: "taken, then refused", steps: [order("purchasing", 202), order("failed", at: 2)], posts: 1, status: 1),
        Row(name: "canceled", steps: [order("canceled", 200)], posts: 1, status: 1),
        Row(name: "never decided in time", steps: [order("purchasing", 202)], posts: 1, status: 4),
        Row(name: "not sent in time", steps: [order("pending", 202)], posts: 1, status: 4),
        Row(name: "left to a person", steps: [order("purchasing", 202), review], posts: 1, status: 4),
        Row(name: "not waited for", steps: [order("pending", 202)], posts: 1, status: 0, waits: false),
        Row(name: "not waited for, unknown", steps: [order("unknown", 202)], posts: 1, status: 4, waits: false),
        Row(name: "not waited for, left to a person", steps: [review], posts: 1, status: 4, waits: false),
        Row(
            name: "refused", steps: [problem(422, "invalid_request", "fix_request", money: "unchanged")], posts: 1,
            status: 1),
        Row(
            name: "no such key", steps: [problem(401, "unauthenticated", "fix_request", money: "unchanged")], posts: 1,
            status: 2),
        Row(
            name: "refused by the vendor", steps: [problem(409, "kyc_required", "new_key", isAboutOrder: true)],
            posts: 1,
            status: 1),
        Row(
            name: "unavailable for good", steps: [problem(503, "vendor_unavailable", "new_key", isAboutOrder: true)],
            posts: 1, status: 1),
        Row(
            name: "out of stock, no order", steps: [problem(422, "insufficient_inventory", "wait")], posts: 1, status: 1
        ),
        Row(
            name: "another request's key",
            steps: [problem(422, "idempotency_key_reused", "fix_request", money: "spent", isAboutOrder: true)],
            posts: 1,
            status: 1),
        Row(
            name: "being settled",
            steps: [
                problem(500, "internal_error", "poll", money: "maybe_spent", isAboutOrder: true), order("completed"),
            ], posts: 1, status: 0),
        Row(name: "maybe spent", steps: [problem(409, "x", "ask_operator", money: "maybe_spent")], posts: 1, status: 4),
        Row(
            name: "busy, then sold", steps: [problem(503, "overloaded", "wait"), order("completed", 201)], posts: 2,
            status: 0),
        Row(
            name: "limited, then sold", steps: [problem(429, "rate_limited", "wait"), order("completed", 201)],
            posts: 2,
            status: 0),
        Row(
            name: "the store is back",
            steps: [problem(503, "store_unavailable", "same_key", retryAfter: 5), order("completed", 201)], posts: 2,
            status: 0),
        Row(
            name: "paused for longer than is waited", steps: [problem(503, "buying_paused", "wait", retryAfter: 3600)],
            posts: 1, status: 1),
        Row(
            name: "paused, which is told at once",
            steps: [problem(503, "buying_paused", "wait", retryAfter: 5), order("completed", 201)], posts: 1, status: 1),
        Row(
            name: "lost, then paused: the first try may still be on its way",
            steps: [lost, problem(503, "buying_paused", "wait", retryAfter: 5), order("completed", 201)], posts: 3,
            status: 0),
        Row(name: "starting, then sold", steps: [unreached, unreached, order("completed", 201)], posts: 3, status: 0),
        Row(name: "lost, then sold", steps: [lost, order("completed", 201)], posts: 2, status: 0),
        Row(
            name: "lost, then down, then sold", steps: [lost, unreached, unreached, order("completed", 201)], posts: 4,
            status: 0),
        Row(
            name: "lost, then refused without an order",
            steps: [lost, problem(422, "no_vendor", "fix_request")], posts: 2, status: 4),
        Row(
            name: "lost, then the failed order",
            steps: [lost, problem(409, "kyc_required", "new_key", isAboutOrder: true)], posts: 2, status: 1),
        Row(
            name: "a page of a proxy, then sold",
            steps: [.failure(.unreadable(status: 502)), order("completed", 201)], posts: 2, status: 0),
        Row(name: "no gateway", steps: [.failure(.unreadable(status: 404))], posts: 1, status: 4),
        Row(
            name: "down while it is followed",
            steps: [
                order("purchasing", 202), unreached, lost, problem(503, "overloaded", "wait"),
                order("completed", at: 2),
            ],
            posts: 1, status: 0),
        Row(
            name: "its key revoked while it is followed",
            steps: [order("purchasing", 202), problem(401, "unauthenticated", "fix_request", money: "unchanged")],
            posts: 1,
            status: 4),
    ]

    @Test(arguments: rows) func `the same bytes go out under one key, and the end tells about the money`(row: Row) async
    {
        let gateway = ScriptedGateway(row.steps)
        let ending = await Self.buy(gateway, waits: row.waits)
        #expect(ending.exitStatus(of: .order, waits: row.waits).rawValue == row.status, "\(ending)")
        let posts = gateway.calls.filter { $0.method == "POST" }
        #expect(posts.count == row.posts)
        for post in posts {
            #expect(post.path == "/orders")
            #expect(post.body == Self.body)
            let keys = post.headers.filter { $0.0 == "idempotency-key" }.map(\.1)
            #expect(keys == ["k-1"])
        }
        let reads = gateway.calls.filter { $0.method != "POST" }
        let start = "/orders/\(Self.id)?wait="
        for read in reads { #expect(read.path.hasPrefix(start)) }
        #expect(gateway.elapsed <= .seconds(60))
    }

    @Test func `a gateway that never was reached is given up soon, and one that was is not`() async {
        let never = ScriptedGateway([Self.unreached])
        #expect(await Self.buy(never).exitStatus(of: .order, waits: true) == ExitStatus.unreachable)
        #expect(never.elapsed <= Submission.reachPatience)
        #expect(never.calls.count > 3)
        let once = ScriptedGateway([Self.lost, Self.unreached])
        #expect(await Self.buy(once).exitStatus(of: .order, waits: true) == ExitStatus.unsettled)
        #expect(once.elapsed > Submission.reachPatience)
    }

    @Test func `an answer that is held as long as was asked is asked for again at once`() async {
        let held = ScriptedGateway([Self.order("purchasing", 202)], pace: .seconds(20))
        _ = await Self.buy(held)
        let follow = "/orders/\(Self.id)?wait=20"
        let paths = held.calls.map(\.path)
        #expect(paths == ["/orders", follow, follow])
        let hasty = ScriptedGateway([Self.order("purchasing", 202)])
        _ = await Self.buy(hasty)
        #expect(hasty.calls.count < 25, "a server that does not hold is not asked without a pause")
    }

    @Test func `a pause that the gateway names is kept`() async {
        let gateway = ScriptedGateway([
            Self.problem(503, "buying_paused", "wait", retryAfter: 40), Self.order("completed", 201),
        ])
        _ = await Self.buy(gateway, waitsForBuying: true)
        #expect(gateway.elapsed == .seconds(40))
    }

    @Test func `a line tells each change once, and on a terminal one line counts`() async throws {
        let steps = [
            Self.unreached, Self.order("purchasing", 202), Self.order("purchasing", at: 2),
            Self.order("completed", at: 3),
        ]
        let plain = Mutex("")
        let gateway = ScriptedGateway(steps)
        _ = await Self.buy(
            gateway,
            SubmissionProgress(of: .order, isTerminal: false, timepiece: gateway.timepiece) { text in
                plain.withLock { $0 += text }
            })
        #expect(
            plain.withLock { $0 } == """
                purser: the gateway cannot be reached: refused; trying again with the same key
                purser: \(Self.id) purchasing at v
                purser: \(Self.id) completed at v

                """)
        let drawn = Mutex("")
        let other = ScriptedGateway(steps)
        let progress = SubmissionProgress(of: .order, isTerminal: true, timepiece: other.timepiece) { text in
            drawn.withLock { $0 += text }
        }
        _ = await Self.buy(other, progress)
        progress.end()
        progress.say("nothing more")
        let text = drawn.withLock { $0 }
        let end = "\r\u{1B}[K\(Self.id) completed at v, 0 s\r\u{1B}[K"
        #expect(text.hasSuffix(end))
        #expect(!text.contains("\n"))
        #expect(progress.id?.text == Self.id)
    }

    @Test func `the last line says what was bought and what to know about it`() throws {
        let order = try JSON(
            parsing: #"""
                {"id":"ord_1","status":"completed","vendor":"helodata","total":{"amount":"121.00","currency":"USD"},
                 "flags":["price_difference","news"],"routing":{"candidates":[{"vendor":"legacy","price":null,"chosen":false},
                 {"vendor":"helodata","price":{"amount":"120.00","currency":"USD"},"chosen":true}]}}
                """#)
        #expect(OrderStanding(order).line == "ord_1  helodata  completed  121.00 USD")
        #expect(
            OrderStanding(order).notes == [
                "price_difference: the vendor charged 121.00 USD, and the price known before was 120.00 USD",
                "news: see the order's events",
            ])
        let failed = try JSON(
            parsing: #"""
                {"id":"ord_1","status":"failed","vendor":"legacy","total":null,"flags":[],
                 "error":{"code":"kyc_required","detail":"no\u009b","vendor":{"name":"legacy","code":"7","message":"who are you"}}}
                """#, as: .answer)
        #expect(OrderStanding(failed).line == "ord_1  legacy  failed")
        #expect(OrderStanding(failed).notes == ["not bought: no\\u{9B}", "legacy said: 7, who are you"])
    }

    private static func buy(
        _ gateway: ScriptedGateway, _ progress: SubmissionProgress? = nil, waits: Bool = true,
        waitsForBuying: Bool = false
    ) async -> SubmissionEnding {
        let quiet = SubmissionProgress(of: .order, isTerminal: false, timepiece: gateway.timepiece) { _ in }
        return await Submission(
            change: .purchase(body), key: "k-1", timeout: .seconds(60), waits: waits,
            waitsForBuying: waitsForBuying, gateway: gateway,
            timepiece: gateway.timepiece, progress: progress ?? quiet
        ).run()
    }
}

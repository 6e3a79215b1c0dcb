import ArgumentParser
import ExactJSON
import Foundation
import Purchasing
import Testing

@testable import purser

/// What a command that changes what was bought does with each answer, and with none.
@Suite struct ActionSubmissionTests {
    typealias Step = ScriptedGateway.Step

    static let id = "act_01K7C0X4Z0M3T5A8QH2B6NDEFG"

    static func action(_ status: String, _ http: Int = 200, at: Int = 1, rest: String = "") -> Step {
        .answer(
            http,
            #"{"id":"\#(id)","kind":"renew","order_id":"\#(BuyingTests.id)","status":"\#(status)","updated_at":"\#(at)"\#(rest)}"#
        )
    }

    /// A problem, which names the order even where there is no action.
    static func problem(
        _ status: Int, _ code: String, _ advice: String, money: String = "not_spent", isAboutAction: Bool = false,
        retryAfter: Int? = nil
    ) -> Step {
        let action = isAboutAction ? #","action_id":"\#(id)""# : ""
        return .answer(
            status,
            #"{"title":"T","detail":"D","code":"\#(code)","retry_action":"\#(advice)","money_state":"\#(money)","order_id":"\#(BuyingTests.id)"\#(action)}"#,
            retryAfter: retryAfter)
    }

    static let review = action(
        "unknown", 202, rest: #","unknown":{"reason":"deadline","needs_review":true,"findings":["the expiry moved"]}"#)
    static let lost = Step.failure(.lost("gone"))

    /// What the gateway does, how often it is sent the action, and how the command ends.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let steps: [Step]
        let posts: Int
        let status: Int32
        var waits = true
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "done at once", steps: [action("completed", 201)], posts: 1, status: 0),
        Row(
            name: "running, then done", steps: [action("running", 202), action("completed", at: 2)], posts: 1, status: 0
        ),
        Row(
            name: "unknown, then done by evidence",
            steps: [action("unknown", 202, rest: #","unknown":{"needs_review":false}"#), action("completed", at: 2)],
            posts: 1, status: 0),
        Row(
            name: "running, then refused", steps: [action("running", 202), action("failed", at: 2)], posts: 1, status: 1
        ),
        Row(name: "never decided in time", steps: [action("running", 202)], posts: 1, status: 4),
        Row(name: "left to a person", steps: [review], posts: 1, status: 4),
        Row(name: "not waited for", steps: [action("pending", 202)], posts: 1, status: 0, waits: false),
        Row(name: "not waited for, unknown", steps: [action("unknown", 202)], posts: 1, status: 4, waits: false),
        Row(
            name: "not allowed", steps: [problem(409, "action_not_allowed", "fix_request", money: "unchanged")],
            posts: 1,
            status: 1),
        Row(
            name: "may not", steps: [problem(403, "forbidden", "ask_operator", money: "unchanged")], posts: 1, status: 2
        ),
        Row(
            name: "above the ceiling", steps: [problem(409, "price_above_limit", "new_key", isAboutAction: true)],
            posts: 1, status: 1),
        Row(
            name: "the vendor could not be reached, for good",
            steps: [problem(503, "vendor_unavailable", "wait", isAboutAction: true)], posts: 1, status: 1),
        Row(
            name: "the vendor rests, then done",
            steps: [
                problem(503, "vendor_unavailable", "wait", money: "unchanged", retryAfter: 3), action("completed", 201),
            ],
            posts: 2, status: 0),
        Row(
            name: "busy, then done", steps: [problem(503, "overloaded", "wait"), action("completed", 201)], posts: 2,
            status: 0),
        Row(
            name: "the key is an order's",
            steps: [problem(422, "idempotency_key_reused", "fix_request", money: "spent")], posts: 1, status: 1),
        Row(name: "lost, then done", steps: [lost, action("completed", 201)], posts: 2, status: 0),
        Row(
            name: "lost, then the failed action",
            steps: [lost, problem(409, "insufficient_balance", "new_key", isAboutAction: true)], posts: 2, status: 1),
        Row(
            name: "lost, then refused with nothing but its order",
            steps: [lost, problem(409, "action_not_allowed", "fix_request", money: "unchanged")], posts: 2, status: 4),
        Row(
            name: "lost, then the key is another request's",
            steps: [lost, problem(422, "idempotency_key_reused", "fix_request", money: "spent", isAboutAction: true)],
            posts: 2, status: 1),
        Row(
            name: "being settled",
            steps: [
                problem(500, "internal_error", "poll", money: "maybe_spent", isAboutAction: true), action("completed"),
            ], posts: 1, status: 0),
        Row(
            name: "no gateway", steps: [.failure(.notReached("refused"))], posts: -1, status: 3),
        Row(
            name: "down while it is followed",
            steps: [
                action("running", 202), .failure(.notReached("refused")), lost, problem(503, "overloaded", "wait"),
                action("completed", at: 2),
            ], posts: 1, status: 0),
        Row(
            name: "an order where an action should be", steps: [BuyingTests.order("completed", 201)], posts: 1,
            status: 4),
    ]

    static let changes: [Change] = [
        .action("renew", "/orders/\(BuyingTests.id)/renew", ["months": 1]), BatchDeed.release.change("bat_1"),
    ]

    @Test(arguments: rows, changes)
    func `the same call goes out under one key, and the end tells whether it was done`(row: Row, change: Change) async {
        let gateway = ScriptedGateway(row.steps)
        let ending = await Submission(
            change: change, key: "k-1", timeout: .seconds(60), waits: row.waits, gateway: gateway,
            timepiece: gateway.timepiece,
            progress: SubmissionProgress(of: .action, isTerminal: false, timepiece: gateway.timepiece) { _ in }
        ).run()
        #expect(ending.exitStatus(of: .action, waits: row.waits).rawValue == row.status, "\(ending)")
        let sent = gateway.calls.filter { $0.method != "GET" }
        #expect(row.posts < 0 || sent.count == row.posts)
        for call in sent {
            #expect(call.method == change.method && call.path == change.path && call.body == change.body)
            let keys = call.headers.filter { $0.0 == "idempotency-key" }.map(\.1)
            #expect(keys == ["k-1"])
        }
        for read in gateway.calls where read.method == "GET" {
            #expect(read.path.hasPrefix("/actions/\(Self.id)?wait="))
        }
        #expect(gateway.elapsed <= .seconds(60))
    }

    static let bodies: [(line: String, call: String)] = [
        (
            "orders renew ID --days 30 --max-total 20.0 --promo-code SAVE --ip 11 --ip 12 --allow-unknown-price",
            #"renew POST /orders/ID/renew {"days":30,"max_total":"20.0","allow_unknown_price":true,"ips":["11","12"],"promo_code":"SAVE"}"#
        ),
        ("orders renew ID --months 1", #"renew POST /orders/ID/renew {"months":1}"#),
        ("orders auto-renew ID --days 30", #"auto-renew POST /orders/ID/auto-renew {"enabled":true,"days":30}"#),
        ("orders auto-renew ID --months 1", #"auto-renew POST /orders/ID/auto-renew {"enabled":true,"months":1}"#),
        ("orders auto-renew ID --off", #"auto-renew POST /orders/ID/auto-renew {"enabled":false}"#),
        (
            "batches renew bat_1 --months 12 --max-total 9",
            #"renew POST /isp/batches/bat_1/renew {"months":12,"max_total":"9"}"#
        ),
        (
            "ips replace ip_1 --reason target-blocked --batch bat_1 --max-total 6 --yes",
            #"replace POST /isp/ips/ip_1/replace {"reason":"target-blocked","batch_id":"bat_1","max_total":"6"}"#
        ),
        ("ips replace ip_1", "replace POST /isp/ips/ip_1/replace {}"),
    ]

    @Test(arguments: bodies.indices) func `a command line becomes one call`(index: Int) throws {
        let (line, call) = Self.bodies[index]
        let words = line.replacing("ID", with: BuyingTests.id).split(separator: " ").map(String.init)
        let command = try Purser.parseAsRoot(words)
        let change =
            (command as? OrdersCommand.Renew)?.change ?? (command as? OrdersCommand.AutoRenew)?.change
            ?? (command as? BatchesCommand.Renew)?.change ?? (command as? IPsCommand.Replace)?.change
        let body = (change?.body).map { " " + String(decoding: $0, as: UTF8.self) } ?? ""
        let told = change.map { "\($0.name) \($0.method) \($0.path)\(body)" }
        #expect(told?.replacing(BuyingTests.id, with: "ID") == call)
        #expect(change.map { $0.newKey.hasPrefix("\($0.name)-") } == true && change?.newKey != change?.newKey)
    }

    @Test func `what is done to a batch has no body`() {
        let calls = BatchDeed.allCases.map { $0.change("bat_1") }.map { "\($0.name) \($0.method) \($0.path)" }
        #expect(
            calls == [
                "refresh POST /isp/batches/bat_1/refresh", "rotate-password POST /isp/batches/bat_1/rotate-password",
                "release DELETE /isp/batches/bat_1?confirm=bat_1",
            ])
        #expect(BatchDeed.allCases.allSatisfy { $0.change("bat_1").body == nil })
    }

    @Test func `a renewal says what it may cost before it is sent`() throws {
        let words = { (line: String) in
            try RenewalOptions.parse(line.split(separator: " ").map(String.init)).announcement(of: "batch bat_1")
        }
        #expect(try words("--months 1 --max-total 120") == "renewing batch bat_1 for 1 month, for 120 USD at most")
        #expect(try words("--days 30") == "renewing batch bat_1 for 30 days, at any price, as no --max-total was given")
    }

    @Test func `nobody rents for half a day, nor for none`() throws {
        for days in ["2.5", "0", "-1", "1e1", "30.0", "x"] {
            #expect(throws: (any Error).self, "\(days)") { try RenewalOptions.parse(["--days=\(days)"]) }
            #expect(throws: (any Error).self, "\(days)") { try RenewalOptions.parse(["--months=\(days)"]) }
            #expect(throws: (any Error).self, "\(days)") {
                try OrdersCommand.AutoRenew.parse([BuyingTests.id, "--days=\(days)"])
            }
        }
    }

    static let lines: [(document: String, line: String, notes: [String])] = [
        (
            #"{"kind":"renew","status":"completed","total":{"amount":"12.00","currency":"USD"},"result":{"expires_at":"2026-06-28T10:00:00.000Z","ips":null}}"#,
            "act_1  renew  v  completed  12.00 USD", ["expires at: 2026-06-28T10:00:00.000Z"]
        ),
        (
            #"{"kind":"replace","status":"completed","total":null}"#, "act_1  replace  v  completed  total unknown",
            ["the new IP comes in some minutes; until then the list is one short"]
        ),
        (
            #"{"kind":"refresh","status":"completed","total":null}"#, "act_1  refresh  v  completed",
            ["the new IPs come in some minutes; until then the list may be empty or short"]
        ),
        (
            #"{"kind":"auto_renew","status":"completed","request":{"kind":"auto_renew","enabled":true,"days":30}}"#,
            "act_1  auto renew  v  completed", ["renews itself from now on, for 30 days each time"]
        ),
        (
            #"{"kind":"auto_renew","status":"completed","request":{"kind":"auto_renew","enabled":false}}"#,
            "act_1  auto renew  v  completed", ["renews itself no more"]
        ),
        (
            #"{"kind":"rotate_password","status":"completed","total":null}"#, "act_1  rotate password  v  completed",
            ["the old password stops working; the list of IPs has the new one"]
        ),
        (
            #"{"kind":"renew","status":"failed","total":null,"error":{"detail":"no\#u{9B}","vendor":{"name":"v","code":"16","message":"no money"}}}"#,
            "act_1  renew  v  failed", ["not done: no\\u{9B}", "v said: 16, no money"]
        ),
        (
            #"{"kind":"refresh","status":"unknown","unknown":{"reason":"deadline","needs_review":false,"findings":["one list"]}}"#,
            "act_1  refresh  v  unknown",
            ["the vendor may have done it (deadline); it is being settled by evidence", "one list"]
        ),
        (
            #"{"kind":"release","status":"unknown","unknown":{"reason":"crash","needs_review":true,"findings":[]}}"#,
            "act_1  release  v  unknown",
            ["the vendor may have done it (crash); only an operator can decide, with purser actions resolve"]
        ),
    ]

    @Test(arguments: lines.indices) func `the last line says what was done and what it led to`(index: Int) throws {
        let (document, line, notes) = Self.lines[index]
        let action = try JSON(
            parsing: document.replacing("{\"kind", with: #"{"id":"act_1","vendor":"v","kind"#), as: .answer)
        #expect(ActionStanding(action).line == line)
        #expect(ActionStanding(action).notes == notes)
    }
}

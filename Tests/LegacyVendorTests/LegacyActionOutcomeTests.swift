import ExactJSON
import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing

/// What one call proves, tried over sockets.
@Suite(.timeLimit(.minutes(1)))
struct `An extension at the legacy vendor` {
    private typealias Goods = LegacyGoodsOnHand
    private static let renewal = ActionTask.renew(.days(30))
    private static let part = ActionTask.renew(.days(30), ips: ["1111111111111111111"])

    /// The outcome where every call is answered so, after seeing that the vendor was called once and nothing leaked.
    private func outcome(
        _ act: ScriptedServer.Act, of task: ActionTask = renewal, balance: Money? = .usd("0.65"),
        timeout: Duration = .seconds(10)
    ) async throws -> ActionOutcome {
        let server = try ScriptedServer { _ in act }
        defer { server.stop() }
        let adapter = try LegacyDialect.adapter(server.url, timeout: timeout)
        let outcome = await adapter.perform(Goods.call(task, balance: balance))
        await adapter.close()
        #expect(server.requests.count == 1)
        expectNoSecret(in: outcome)
        return outcome
    }

    private func expectNoSecret(in outcome: ActionOutcome) {
        var words = "\(outcome)" + String(reflecting: outcome)
        dump(outcome, to: &words)
        if case .done(let receipt) = outcome { words += receipt.details.text + receipt.result.text }
        #expect(!words.contains(LegacyDialect.key), "a secret stands in \(outcome)")
    }

    private func expectDoubt(_ reason: String?, _ outcome: ActionOutcome, _ name: String) {
        guard case .unknown(let doubt) = outcome else {
            Issue.record("\(name): \(outcome)")
            return
        }
        if let reason { #expect(doubt.reason == reason, "\(name)") }
    }

    private static func failure(_ code: String, balance: String = "0.65", quantity: Int = 0) -> String {
        #"{"success":false,"proxyType":null,"rentPeriodDays":0,"quantity":\#(quantity),"ipAddressIds":[],"#
            + #""balance":\#(balance),"currency":"USD","error":{"code":\#(code),"message":"\#(LegacyDialect.leak)"}}"#
    }

    private static func success(_ members: String) -> String {
        #"{"success":true,"balance":0.65,"currency":"USD",\#(members)}"#
    }

    // MARK: Done

    @Test(arguments: [
        ("extend-order.ok", renewal), ("extend.ok", part), ("extend-order-auto.ok", .autoRenew(.days(30))),
        ("extend-order-auto.ok", .autoRenew(nil)), ("extend-order-auto.ok-by-orders", .autoRenew(.days(30))),
    ])
    func `is done where the documented answer says so`(_ name: String, _ task: ActionTask) async throws {
        guard case .done(let receipt) = try await outcome(.http(200, fixture(name)), of: task) else {
            Issue.record("\(name) does not say so")
            return
        }
        #expect(receipt.total == nil && receipt.expiresAt == nil && receipt.result == .object([]))
        #expect(receipt.details["quantity"]?.int == 1)
    }

    @Test(arguments: [
        ("promo-valid", true), ("promo-no-valid", false), ("ok", false),
    ])
    func `says whether the promo code counted`(_ name: String, _ isApplied: Bool) async throws {
        let tasks: [(String, ActionTask)] = [
            ("extend-order", .renew(.days(30), promoCode: "SAVE10")),
            ("extend", .renew(.days(30), ips: ["1111111111111111111"], promoCode: "SAVE10")),
        ]
        for (call, task) in tasks {
            let outcome = try await outcome(.http(200, fixture("\(call).\(name)")), of: task)
            guard case .done(let receipt) = outcome else {
                Issue.record("\(call).\(name): \(outcome)")
                return
            }
            #expect(receipt.result == ["promo_code_applied": .bool(isApplied)])
        }
    }

    @Test func `is done with the least that an answer can say`() async throws {
        for body in [#"{"success":true}"#, Self.success(#""note":"\#(LegacyDialect.leak)","quantity":2"#)] {
            guard case .done = try await outcome(.http(200, body)) else {
                Issue.record("\(body) does not say so")
                return
            }
        }
        // Nothing had to be changed, or what was turned off has no days any more.
        let off = Self.success(#""proxyType":"IPv4","rentPeriodDays":0,"quantity":0,"ipAddressIds":[]"#)
        guard case .done = try await outcome(.http(200, off), of: .autoRenew(nil)) else {
            Issue.record("auto-extension is not off")
            return
        }
    }

    @Test(arguments: [
        (#""error":{"code":35,"message":"x"}"#, "contradictory_answer"), (#""proxyType":"ISP""#, "answer_mismatch"),
        (#""proxyType":"IPv5""#, "answer_mismatch"), (#""rentPeriodDays":60"#, "answer_mismatch"),
        (#""quantity":0"#, "answer_mismatch"), (#""orderIds":["9"]"#, "answer_mismatch"),
    ])
    func `is in doubt where the answer is about something else`(_ members: String, _ reason: String) async throws {
        expectDoubt(reason, try await outcome(.http(200, Self.success(members))), members)
    }

    @Test func `is in doubt where the answer names other IPs`() async throws {
        let others = Self.success(#""quantity":1,"ipAddressIds":["2222222222222222222"]"#)
        expectDoubt("answer_mismatch", try await outcome(.http(200, others), of: Self.part), "others")
    }

    // MARK: Refused

    @Test(arguments: [
        ("extend-order.failure", renewal, Money.usd("0.65"), "29", "Incorrect orderIds"),
        ("extend.failure", part, .usd("0.65"), "24", "Incorrect ip addresses"),
        ("extend-order-auto.failure", .autoRenew(.days(30)), nil, "4", "Incorrect proxy type"),
        ("extend-order-auto.failure", .autoRenew(nil), nil, "4", "Incorrect proxy type"),
    ])
    func `is refused in the documented words, while the balance stands`(
        _ name: String, _ task: ActionTask, _ balance: Money?, _ code: String, _ message: String
    ) async throws {
        let act = ScriptedServer.Act.http(200, fixture(name))
        let refusal = Refusal(.rejected, vendorCode: code, message: message)
        #expect(try await outcome(act, of: task, balance: balance) == .refused(refusal))
        #expect(try await outcome(act, of: task, balance: nil) == .refused(refusal))
        #expect(
            try await outcome(act, of: task, balance: .usd("9.00"))
                == .unknown(Doubt("balance_moved", status: 200, vendorCode: code, message: message)))
    }

    @Test(
        arguments: [
            ([2], .authFailed), ([16], .insufficientBalance), ([7], .insufficientInventory),
            ([4, 6, 8, 10, 11, 13, 14, 19, 23, 24, 25, 28, 29], .rejected),
        ] as [([Int], Refusal.Reason)])
    func `is refused with a code that means that nothing was done`(_ codes: [Int], _ reason: Refusal.Reason)
        async throws
    {
        for code in codes {
            guard case .refused(let refusal) = try await outcome(.http(200, Self.failure("\(code)"))) else {
                Issue.record("\(code) is no refusal")
                continue
            }
            #expect(refusal.reason == reason && refusal.vendorCode == "\(code)")
        }
    }

    @Test(arguments: ["1", "3", "5", "9", "12", "15", "26", "27", "30", "35", "36", "-2", "null", #""24""#, "24.0"])
    func `is in doubt with any other code`(_ code: String) async throws {
        expectDoubt("unlisted_refusal", try await outcome(.http(200, Self.failure(code))), code)
    }

    @Test func `is in doubt where a refusal contradicts itself`() async throws {
        let unreadable = Self.failure("29", balance: "{}")
        expectDoubt("unreadable_balance", try await outcome(.http(200, unreadable)), "balance")
        let moved = Self.failure("29", balance: "0.05")
        expectDoubt("balance_moved", try await outcome(.http(200, moved)), "moved")
        let extended = Self.failure("29", quantity: 2)
        expectDoubt("contradictory_answer", try await outcome(.http(200, extended)), "quantity")
        let named = extended.replacingOccurrences(
            of: #""quantity":2,"ipAddressIds":[]"#, with: #""ipAddressIds":["1"]"#)
        expectDoubt("contradictory_answer", try await outcome(.http(200, named)), "ids")
    }

    // MARK: Unknown, not sent

    @Test(arguments: [renewal, part, .autoRenew(.days(30)), .autoRenew(nil)])
    func `is in doubt whatever happens to its answer`(_ task: ActionTask) async throws {
        let done = fixture("extend-order.ok")
        let statuses = [201, 204, 301, 307, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504]
        for status in statuses {
            let act = ScriptedServer.Act.http(
                status, status == 204 ? "" : done, headers: ["Retry-After": "8", "Location": "/elsewhere"])
            expectDoubt("status_\(status)", try await outcome(act, of: task), "\(status)")
        }
        let bodies = [
            "", "null", "[\(done)]", "{}", "<html>", String(done.dropLast()), done + "x",
            done.replacingOccurrences(of: "true", with: "1"), done.replacingOccurrences(of: "true", with: #""true""#),
            done.replacingOccurrences(of: "{", with: #"{"success":false,"#),
        ]
        for body in bodies {
            expectDoubt("unreadable_body", try await outcome(.http(200, body), of: task), body)
        }
        let length = done.utf8.count
        let cuts: [ScriptedServer.Act] = [
            .close, .reset, .answer(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8)),
            .answer(Array("HTTP/1.1 200 OK\r\nContent-Length: \(length + 1)\r\n\r\n\(done)".utf8)),
            .answerAndReset(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{".utf8)), .answer(Array(done.utf8)),
        ]
        for act in cuts { expectDoubt(nil, try await outcome(act, of: task), "\(act)") }
        for act in [ScriptedServer.Act.hang, .drip(ScriptedServer.Act.bytes(200, done))] {
            let outcome = try await outcome(act, of: task, timeout: .milliseconds(200))
            expectDoubt("deadline", outcome, "\(act)")
        }
    }

    @Test(arguments: [renewal, part, .autoRenew(.days(30)), .autoRenew(nil)])
    func `is proved not to be sent where nothing left`(_ task: ActionTask) async throws {
        let nobody = try LegacyDialect.adapter(ScriptedServer.refusingURL())
        #expect(await nobody.perform(Goods.call(task)) == .notSent(.unreachable("connection_refused")))
        await nobody.close()
        let server = try ScriptedServer(at: .accepted(.close))
        defer { server.stop() }
        let plain = try LegacyDialect.adapter(server.tlsURL)
        #expect(await plain.perform(Goods.call(task)) == .notSent(.unreachable("tls_failed")))
        await plain.close()
    }
}

import ExactJSON
import Foundation
import HeloDataVendor
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `HeloData's actions` {
    /// Runs with an adapter of a scripted vendor, and closes both.
    private func withVendor(
        _ answer: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Act,
        _ body: (HeloDataAdapter, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try ScriptedServer(answering: answer)
        defer { server.stop() }
        let adapter = try HeloDataDialect.adapter(server.url)
        try await body(adapter, server)
        await adapter.close()
    }

    private func receipt(of task: ActionTask, answered body: String) async throws -> ActionReceipt? {
        var receipt: ActionReceipt?
        try await withVendor({ _ in .http(200, body) }) { adapter, _ in
            guard case .done(let told) = await adapter.perform(.onTwentyIPs(task)) else { return }
            receipt = told
        }
        return receipt
    }

    @Test func `are those that the vendor has for batches`() async throws {
        let adapter = try HeloDataDialect.adapter("http://127.0.0.1:9")
        for shape in ProductShape.allCases {
            let kinds = adapter.actions(on: shape)
            #expect(kinds == (shape == .isp ? Set(ActionKind.allCases).subtracting([.autoRenew]) : []))
        }
        await adapter.close()
    }

    private static let batch = "/v1/isp/batches/bat_01HXabc"

    @Test(
        arguments: [
            (.renew(.days(60)), "POST", batch + "/renew", #"{"months":2}"#),
            (.renew(.months(12)), "POST", batch + "/renew", #"{"months":12}"#),
            (.refresh, "POST", batch + "/refresh", "{}"),
            (.rotatePassword, "POST", batch + "/rotate-password", "{}"),
            (.release, "DELETE", batch, ""),
            (
                .replace(ip: "ip_1", reason: "target-blocked"), "POST", "/v1/isp/ips/ip_1/replace",
                #"{"reason":"target-blocked"}"#
            ),
            (.replace(ip: "ip_2"), "POST", "/v1/isp/ips/ip_2/replace", "{}"),
            (
                .allow("203.0.113.0/24", label: "office"), "POST", batch + "/whitelist",
                #"{"ip":"203.0.113.0/24","label":"office"}"#
            ),
            (.allow("203.0.113.7"), "POST", batch + "/whitelist", #"{"ip":"203.0.113.7"}"#),
            (.disallow(entry: "wl_1"), "DELETE", batch + "/whitelist/wl_1", ""),
        ] as [(ActionTask, String, String, String)])
    func `are sent as documented, with no key that nobody promised to honour`(
        _ task: ActionTask, _ method: String, _ target: String, _ body: String
    ) async throws {
        try await withVendor({ _ in .http(204, "") }) { adapter, server in
            let call = ActionCall.onTwentyIPs(task)
            #expect(await adapter.perform(call) == .done(ActionReceipt()))
            let sent = try #require(server.requests.first)
            #expect(sent.method == method && sent.target == target && sent.text == body)
            #expect(sent.headers["content-type"] == (body.isEmpty ? nil : "application/json"))
            #expect(sent.headers["authorization"] == "Bearer \(HeloDataDialect.key)")
            let passedOn = /00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01/
            #expect(try passedOn.wholeMatch(in: sent.headers["traceparent"] ?? "") != nil)
            #expect(sent.headers["traceparent"] != call.context.traceparent)
            #expect(sent.headers["idempotency-key"] == nil)
            #expect(adapter.objections(to: task, on: .twentyIPs).isEmpty)
        }
    }

    /// What the list tells of an address, and what the vendor is then asked to replace.
    @Test(arguments: [
        (#"[{"ip":"198.51.100.42","id":"ip_7"}]"#, "ip_7"), (#"[{"ip":"198.51.100.42"}]"#, "198.51.100.42"),
        (#"[{"ip":"198.51.100.43","id":"ip_8"}]"#, "198.51.100.42"),
    ])
    func `name an IP by the id that its list tells`(_ list: String, _ named: String) async throws {
        try await withVendor({ $0.method == "GET" ? .http(200, list) : .http(204, "") }) { adapter, server in
            let outcome = await adapter.perform(.onTwentyIPs(.replace(ip: "198.51.100.42")))
            #expect(outcome == .done(ActionReceipt()))
            #expect(server.requests.last?.target == "/v1/isp/ips/\(named)/replace")
        }
    }

    @Test func `are not sent while the list that names an IP cannot be read`() async throws {
        try await withVendor({ _ in .http(500, "") }) { adapter, server in
            let outcome = await adapter.perform(.onTwentyIPs(.replace(ip: "198.51.100.42")))
            guard case .notSent(.unreachable) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(server.requests.allSatisfy { $0.method == "GET" })
        }
    }

    @Test func `each get a connection of their own`() async throws {
        try await withVendor({ _ in .http(200, "{}") }) { adapter, server in
            for _ in 0..<3 { _ = await adapter.perform(.onTwentyIPs(.refresh)) }
            #expect(server.connections == 3)
        }
    }

    @Test func `are not sent before a wait is over that the vendor asked for`() async throws {
        let time = Timepiece(now: { Date(timeIntervalSince1970: 1_780_000_000) }, sleep: { _ in })
        let server = try ScriptedServer { _ in .http(429, "", headers: ["Retry-After": "8"]) }
        defer { server.stop() }
        let adapter = try HeloDataDialect.adapter(server.url, time: time)
        for _ in 0..<2 {
            let outcome = await adapter.perform(.onTwentyIPs(.refresh))
            #expect(outcome == .notSent(.rateLimited(retryAfter: .seconds(8))))
        }
        #expect(server.requests.count == 1)
        await adapter.close()
    }

    // MARK: What was done

    @Test(arguments: [
        (fixture("batch.renewed.documented"), nil, "2026-07-28T10:00:00Z"),
        (fixture("batch.renewed.assumed"), "120.00", "2026-07-28T10:00:00Z"),
        (#"{"charged_usd":"120.5","expiresAt":"2026-07-28T10:00:00Z"}"#, "120.50", "2026-07-28T10:00:00Z"),
        (#"{"details":{"price":120,"new_expires_at":"2026-07-28T10:00:00Z"}}"#, "120.00", "2026-07-28T10:00:00Z"),
        (#"{"total":{"amount":"1.25","currency":"USD"}}"#, "1.25", nil),
        (#"{"total_usd":-1,"expires_at":"soon"}"#, nil, nil), (#"{"total_usd":null,"amount":3}"#, "3.00", nil),
        (#"{"total_usd":1e2}"#, nil, nil), (#"{"total":1,"currency":"dollars"}"#, nil, nil),
        (#"{"total":1,"currency":"U$D"}"#, nil, nil), (#"{"total":1,"currency":"€"}"#, nil, nil),
    ])
    func `tell what a renewal cost and when it ends, in every likely spelling`(
        _ body: String, _ total: String?, _ end: String?
    ) async throws {
        let receipt = try #require(try await receipt(of: .renew(.months(1)), answered: body))
        #expect(receipt.total == total.flatMap(Money.usd))
        #expect(receipt.expiresAt == end.flatMap(Date.init(rfc3339:)))
    }

    @Test func `tell a total in the currency that it has`() async throws {
        let receipt = try await receipt(of: .renew(.months(1)), answered: #"{"total":5,"currency":"eur"}"#)
        #expect(receipt?.total == Money(Millionths(5_000_000), currency: "EUR"))
    }

    @Test func `tell no cost and no end of what has none`() async throws {
        let body = #"{"total_usd":5,"expires_at":"2026-07-28T10:00:00Z"}"#
        for task in [ActionTask.refresh, .rotatePassword, .release, .allow("203.0.113.7")] {
            let receipt = try #require(try await receipt(of: task, answered: body))
            #expect(receipt.total == nil && receipt.expiresAt == nil)
        }
    }

    @Test(arguments: [
        (fixture("ip.replaced.assumed"), #"{"replacement_id":"ip_01HXnew","replacement_ip":"198.51.100.77"}"#),
        (#"{"replacement_id":"ip_2"}"#, #"{"replacement_id":"ip_2"}"#),
        (#"{"ip":{"id":"ip_2","ip":"198.51.100.77"}}"#, #"{"replacement_id":"ip_2","replacement_ip":"198.51.100.77"}"#),
        (#"{"new_ip":"198.51.100.77","id":"ip_01HXold"}"#, #"{"replacement_ip":"198.51.100.77"}"#),
        (#"{"ip_id":"ip_01HXold","new_ip_id":"ip_2"}"#, #"{"replacement_id":"ip_2"}"#),
        (#"{"id":"ip_01HXold","replacement_ip":"soon"}"#, "{}"), ("{}", "{}"),
    ])
    func `tell the new IP, where the vendor does`(_ body: String, _ result: String) async throws {
        let receipt = try #require(try await receipt(of: .replace(ip: "ip_01HXold"), answered: body))
        #expect(receipt.result.text == result)
    }

    @Test func `tell the id of a new entry of the whitelist`() async throws {
        for body in [fixture("whitelist-entry.assumed"), #"{"data":{"id":"wl_01HXnew"}}"#] {
            let receipt = try #require(try await receipt(of: .allow("203.0.113.9"), answered: body))
            #expect(receipt.result == ["entry_id": "wl_01HXnew"])
        }
    }

    @Test func `never tell a password, wherever it stands`() async throws {
        let rotated = try #require(
            try await receipt(of: .rotatePassword, answered: fixture("batch.rotated.assumed")))
        #expect(rotated.details == ["id": "bat_01HXabc", "status": "active"])
        let refreshed = try #require(try await receipt(of: .refresh, answered: fixture("batch.refreshed.assumed")))
        #expect(!refreshed.details.text.contains(HeloDataActionDialects.password))
        #expect(!refreshed.details.text.contains("helo_s1a2b3c4d5e"))
        #expect(refreshed.details["batch"]?["status"] == "refreshing")
        #expect(refreshed.details["started_at"] == "2026-05-29T10:00:00Z")
        #expect(refreshed.details["first"] == "2001:db8::1")
        #expect(refreshed.details["ips"]?.array?.first?["ip"] == "198.51.100.52")
    }

    @Test(arguments: [400, 409, 500])
    func `never repeat what is said when a password could not be changed`(_ status: Int) async throws {
        let body = #"{"error":{"code":"sync_failed","message":"new secret s3cr3tpass set on 3 of 5"}}"#
        try await withVendor({ _ in .http(status, body) }) { adapter, _ in
            let outcome = await adapter.perform(.onTwentyIPs(.rotatePassword))
            #expect(!"\(outcome)".contains("s3cr3tpass"))
            #expect("\(outcome)".contains("sync_failed"))
        }
    }

    // MARK: Before

    @Test(
        arguments: [
            (.renew(.days(45)), ["/days days_not_whole_months"]), (.renew(.days(90)), []),
            (.renew(.months(1), ips: ["ip_1"], promoCode: "X"), ["/ips not_supported", "/promo_code not_supported"]),
            (.replace(ip: "a/b"), ["/ip invalid_id"]), (.replace(ip: ""), ["/ip invalid_id"]),
            (.replace(ip: ".."), ["/ip invalid_id"]), (.disallow(entry: "a b"), ["/entry invalid_id"]),
            (.allow("203.0.113.0/24"), []), (.allow("203.0.112.0/23"), ["/address network_too_wide"]),
            (.allow("203.0.113.7/32"), []), (.allow("0.0.0.0/0"), ["/address network_too_wide"]),
            (.allow("2001:db8::/64"), []), (.allow("2001:db8::/63"), ["/address network_too_wide"]),
            (.allow("2001:db8::1"), []), (.allow("example.com"), ["/address invalid_ip"]),
            (.allow("203.0.113.0/33"), ["/address invalid_ip"]), (.allow("203.0.113.0/"), ["/address invalid_ip"]),
            (.allow("203.0.113.0/-1"), ["/address invalid_ip"]), (.allow(""), ["/address invalid_ip"]),
            (.autoRenew(nil), ["/enabled not_supported"]),
        ] as [(ActionTask, [String])])
    func `are objected to, with what to mend and how`(_ task: ActionTask, _ faults: [String]) async throws {
        let adapter = try HeloDataDialect.adapter("http://127.0.0.1:9")
        let found = adapter.objections(to: task, on: .twentyIPs)
        let words = found.map { fault in
            if case .pointer(let pointer) = fault.place { "\(pointer) \(fault.code)" } else { "\(fault.place)" }
        }
        #expect(words == faults)
        #expect(found.allSatisfy { $0.detail.hasPrefix("helodata") || $0.code == "invalid_ip" })
        await adapter.close()
    }

    @Test(arguments: [nil, "", "a/b", "../users"] as [String?])
    func `are never tried on a batch without an id that can be called`(_ id: String?) async throws {
        try await withVendor({ _ in .http(200, "{}") }) { adapter, server in
            let sale = Sale(orderID: Sale.twentyIPs.orderID, request: .twentyIPs, vendorOrderID: "ord_1", batchID: id)
            let faults = adapter.objections(to: .refresh, on: sale)
            #expect(faults.map(\.code) == ["not_ready"] && faults.map(\.place) == [.vendor("helodata")])
            let call = ActionCall(task: .refresh, sale: sale, context: CallContext(orderID: nil))
            let isRefused = if case .refused = await adapter.perform(call) { true } else { false }
            #expect(isRefused)
            await #expect(throws: VendorError.self) { try await adapter.condition(for: call) }
            #expect(server.requests.isEmpty)
        }
    }
}

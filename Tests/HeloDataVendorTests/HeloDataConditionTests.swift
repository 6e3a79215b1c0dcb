import ExactJSON
import Foundation
import HeloDataVendor
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `A batch at HeloData` {
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

    private func condition(for task: ActionTask, answered body: String) async throws -> GoodsCondition? {
        var condition: GoodsCondition?
        try await withVendor({ $0.target.hasSuffix("/me") ? .http(200, fixture("users-me.ok")) : .http(200, body) }) {
            adapter, _ in
            condition = try await adapter.condition(for: .onTwentyIPs(task))
        }
        return condition
    }

    // MARK: Evidence

    @Test func `has the same digest in whatever order its IPs come, and another with another IP`() async throws {
        let list = { (hosts: [Int]) in
            "[" + hosts.map { #"{"ip":"198.51.100.\#($0)","port":8000}"# }.joined(separator: ",") + "]"
        }
        let one = try await condition(for: .refresh, answered: list([42, 43]))
        #expect(one?.ips == HeloDataActionDialects.digest && one?.count == 2)
        #expect(try await condition(for: .refresh, answered: list([43, 42, 42])) == one)
        let other = try await condition(for: .refresh, answered: list([42, 44]))
        #expect(other?.ips != nil && other?.ips != one?.ips)
        let none = try await condition(for: .refresh, answered: "[]")
        #expect(none?.count == 0 && none?.ips == nil && none?.isThere == true)
    }

    @Test func `has five thousand IPs`() async throws {
        let ips = (0..<5000).map { #"{"ip":"10.0.\#($0 / 250).\#($0 % 250)","port":8000,"id":"ip_\#($0)"}"# }
        let condition = try await condition(for: .replace(ip: "ip_4999"), answered: "[\(ips.joined(separator: ","))]")
        #expect(condition?.count == 5000 && condition?.holdsIP == true)
    }

    @Test(
        arguments: [
            ("ip_1", #"[{"ip":"198.51.100.1","id":"ip_1"},{"ip":"198.51.100.2","id":"ip_2"}]"#, true),
            ("ip_3", #"[{"ip":"198.51.100.1","ip_id":"ip_1"}]"#, false),
            ("7", #"[{"ip":"198.51.100.1","id":7}]"#, true),
            ("198.51.100.1", #"[{"ip":"198.51.100.1","id":"ip_1"}]"#, true),
            ("198.51.100.1", #"[{"ip":"198.51.100.1"}]"#, true), ("198.51.100.3", #"[{"ip":"198.51.100.1"}]"#, false),
            ("ip_1", #"[{"ip":"198.51.100.1"}]"#, nil),
            ("ip_1", #"[{"ip":"198.51.100.1","id":"ip_2"},{"ip":"198.51.100.2"}]"#, nil), ("ip_1", "[]", nil),
        ] as [(String, String, Bool?)])
    func `holds an IP, or not, or nobody can tell`(_ ip: String, _ list: String, _ holds: Bool?) async throws {
        let condition = try await condition(for: .replace(ip: ip), answered: list)
        #expect(condition?.holdsIP == holds)
        #expect(condition?.balance == .usd("125.40"))
    }

    @Test func `shows a new password in a few bits that tell nothing else`() async throws {
        let csv = HeloDataActionDialects.csv
        let before = try await condition(for: .rotatePassword, answered: csv)
        #expect(before?.credentials == HeloDataActionDialects.credentials)
        let oneShort = csv.split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(try await condition(for: .rotatePassword, answered: oneShort)?.credentials == before?.credentials)
        let after = csv.replacingOccurrences(of: HeloDataActionDialects.password, with: "another")
        let changed = try #require(try await condition(for: .rotatePassword, answered: after)?.credentials)
        #expect(changed != before?.credentials && (0..<65_536).contains(changed))
        #expect(try await condition(for: .rotatePassword, answered: "ip,port,user,pass\n")?.credentials == nil)
    }

    @Test(arguments: [
        (#""status":"released""#, false), (#""status":"Deleted""#, false), (#""status":"terminated""#, false),
        (#""status":"x","released_at":"2026-05-29T10:00:00Z""#, false),
        (#""status":"active","released_at":null"#, true),
        (#""status":"expired""#, true), (#""status":"provisioning""#, true),
    ])
    func `is there until it is given back`(_ members: String, _ isThere: Bool) async throws {
        for task in [ActionTask.release, .renew(.months(1))] {
            let condition = try await condition(for: task, answered: "{\"id\":\"bat_01HXabc\",\(members)}")
            #expect(condition?.isThere == isThere)
        }
    }

    @Test func `is taken for itself where it does not repeat its id`() async throws {
        let body = #"{"data":{"status":"active","expires_at":"2026-06-28T10:00:00Z"}}"#
        let condition = try await condition(for: .renew(.months(1)), answered: body)
        #expect(condition?.expiresAt == Date(rfc3339: "2026-06-28T10:00:00Z"))
    }

    @Test(arguments: ["203.0.113.7", "203.0.113.7/32"]) func `shows an address in the spelling that was asked for`(
        _ address: String
    ) async throws {
        let list = #"[{"id":"wl_1","ip":"203.0.113.7"},{"id":"wl_2","ip":"any"}]"#
        let condition = try await condition(for: .allow(address), answered: list)
        #expect(condition?.allowed == [address, "any"])
        #expect(condition?.allowedEntries == ["wl_1", "wl_2"])
    }

    @Test func `is read before an action, which is refused when it is not there`() async throws {
        for dialect in HeloDataActionDialects.all {
            try await withVendor({ .http(200, dialect.reading.answer($0)) }) { adapter, server in
                let prepared = await adapter.prepare(dialect.call)
                #expect(prepared == .ready(price: nil, baseline: dialect.reading.condition))
                #expect(server.requests.allSatisfy { $0.method == "GET" })
            }
            try await withVendor({ _ in .http(404, "{}") }) { adapter, server in
                let prepared = await adapter.prepare(dialect.call)
                #expect(prepared == .refused(Refusal(.rejected, finding: "the vendor shows no such batch")))
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test(arguments: [
        (401, ActionPreparation.refused(Refusal(.authFailed))),
        (429, .unavailable(reason: "rate_limited", retryAfter: .seconds(8))),
        (503, .unavailable(reason: "status_503", retryAfter: nil)),
        (200, .unavailable(reason: "unreadable", retryAfter: nil)),
        (422, .refused(Refusal(.rejected, vendorCode: "status_422"))),
    ])
    func `says why it could not be read before an action`(_ status: Int, _ expected: ActionPreparation) async throws {
        try await withVendor({ _ in .http(status, "{}", headers: ["Retry-After": "8"]) }) { adapter, _ in
            #expect(await adapter.prepare(.onTwentyIPs(.renew(.months(1)))) == expected)
        }
    }

    @Test func `has no entry to be taken off where its whitelist shows none`() async throws {
        try await withVendor({ _ in .http(200, fixture("whitelist.assumed")) }) { adapter, _ in
            let prepared = await adapter.prepare(.onTwentyIPs(.disallow(entry: "wl_other")))
            #expect(
                prepared == .refused(Refusal(.rejected, finding: "the batch's whitelist has no such entry")))
        }
    }

    // MARK: What buyers see

    @Test func `is read by its id`() async throws {
        try await withVendor({ _ in .http(200, #"{"batch":\#(fixture("batch.assumed"))}"#) }) { adapter, server in
            let goods = try #require(try await adapter.goods("bat_01HXabc"))
            #expect(goods.id == "bat_01HXabc" && goods.orderNumber == "ord_01HXabc" && goods.status == "active")
            #expect(goods.country == Country("US") && goods.city == "newyork" && goods.quantity == 2 && goods.isReady)
            #expect(goods.details["password"] == "<redacted>")
            #expect(server.requests.map(\.target) == ["/v1/isp/batches/bat_01HXabc"])
        }
        try await withVendor({ _ in .http(404, "{}") }) { adapter, server in
            let absent = try await adapter.goods("bat_01HXabc")
            let impossible = try await adapter.goods("../users/me")
            #expect(absent == nil && impossible == nil)
            #expect(server.requests.count == 1)
        }
        try await withVendor({ _ in .http(200, #"{"id":"bat_other","status":"active"}"#) }) { adapter, _ in
            await #expect(throws: VendorError.unreadable("batch")) { try await adapter.goods("bat_01HXabc") }
        }
    }

    @Test(
        arguments: [
            (#""status":"active","city":"New York","asn":7922"#, "active", "newyork", 7922),
            (#""state":"resting","city":"newyork","asn":"AS7922""#, "resting", "newyork", 7922),
            (#""status":7,"city":null,"asn":-1"#, nil, nil, nil),
            (#""status":"\#(HeloDataDialect.key)""#, "<redacted>", nil, nil),
        ] as [(String, String?, String?, Int?)])
    func `is listed with where it stands and where it is`(
        _ members: String, _ status: String?, _ city: String?, _ asn: Int?
    ) async throws {
        try await withVendor({ _ in .http(200, "[{\"id\":\"bat_1\",\(members)}]") }) { adapter, _ in
            let goods = try #require(try await adapter.goods().first)
            #expect(goods.status == status && goods.city == city && goods.asn == asn)
        }
    }

    @Test func `has a whitelist, in every likely spelling`() async throws {
        try await withVendor({ _ in .http(200, fixture("whitelist.assumed")) }) { adapter, server in
            let entries = try #require(try await adapter.whitelist(ofBatch: "bat_01HXabc"))
            #expect(
                entries == [
                    WhitelistEntry(
                        id: "wl_01HXone", address: "203.0.113.7", label: "office",
                        createdAt: Date(rfc3339: "2026-05-28T10:00:00Z")),
                    WhitelistEntry(id: "wl_01HXtwo", address: "198.51.100.0/24"),
                    WhitelistEntry(id: "wl_01HXthree", address: "2001:DB8:0:0::/64"),
                ])
            #expect(server.requests.map(\.target) == ["/v1/isp/batches/bat_01HXabc/whitelist"])
        }
        try await withVendor({ _ in .http(404, "{}") }) { adapter, _ in
            let absent = try await adapter.whitelist(ofBatch: "bat_01HXabc")
            let impossible = try await adapter.whitelist(ofBatch: "a/b")
            #expect(absent == nil && impossible == nil)
        }
    }
}

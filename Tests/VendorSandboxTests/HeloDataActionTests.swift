import NIOHTTP1
import Testing
import VendorSandbox

/// What all changes to a batch have in common: the gate, keys, the words of refusals and answers.
@Suite struct HeloDataActionTests {
    static let indices = Array(HeloDataAction.on(batch: "", ip: "").indices)

    @Test(arguments: indices) func `a change needs the token and a batch that is there`(index: Int) async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let ip = try #require(try await sandbox.ipIDs(of: id).first)
            let (method, path, body) = HeloDataAction.on(batch: id, ip: ip)[index]
            #expect(try await sandbox.heloData(method, path, body, token: "wrong").status == 401)
            let (_, missing, _) = HeloDataAction.on(batch: "bat_1", ip: "ip_1")[index]
            #expect(try await sandbox.heloData(method, missing, body).json["code"]?.string == "not_found")
            #expect(sandbox.vendors.heloData.books.changes == [])
        }
    }

    /// Calls that would give another answer the second time, and how many changes two of them make.
    @Test(arguments: ["renew", "rotate-password", "whitelist"], [true, false])
    func `a key means nothing unless the settings say so`(call: String, honoured: Bool) async throws {
        try await withSandbox(.with { $0.heloData.actionsHonourKeys = honoured }) { sandbox in
            let path = "isp/batches/\(try await sandbox.batch())/\(call)"
            let body: SandboxJSON = ["months": 1, "ip": "203.0.113.7"]
            let first = try await sandbox.heloData(.POST, path, body, key: "one")
            let second = try await sandbox.heloData(.POST, path, body, key: "one")
            #expect((first.text == second.text) == honoured)
            #expect(sandbox.vendors.heloData.books.changes.count == (honoured || call == "whitelist" ? 1 : 2))
            #expect(sandbox.vendors.heloData.books.changes.allSatisfy { $0.idempotencyKey == "one" })
        }
    }

    @Test func `by default keys mean nothing to changes`() async throws {
        try await withSandbox { sandbox in
            #expect(!sandbox.vendors.heloDataSettings.actionsHonourKeys)
            let id = try await sandbox.batch()
            for _ in 0..<2 { _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1], key: "k") }
            #expect(sandbox.vendors.heloData.books.sold.map(\.idempotencyKey) == [nil, "k", "k"])
        }
    }

    @Test func `an honoured key belongs to one call, one target and one body`() async throws {
        try await withSandbox(.with { $0.heloData.actionsHonourKeys = true }) { sandbox in
            let (id, other) = (try await sandbox.batch(), try await sandbox.batch())
            _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1], key: "one")
            let again: [HeloDataAction.Call] = [
                (.POST, "isp/batches/\(id)/renew", ["months": 2]), (.POST, "isp/batches/\(other)/renew", ["months": 1]),
                (.POST, "isp/batches/\(id)/refresh", ["months": 1]), (.POST, "orders", .isp),
            ]
            for (method, path, body) in again {
                let reply = try await sandbox.heloData(method, path, body, key: "one")
                #expect(reply.json["code"]?.string == "idempotency_key_reused", "\(path)")
            }
            #expect(sandbox.vendors.heloData.books.sold.count == 3)
        }
    }

    @Test func `a refused change does not use its key up`() async throws {
        try await withSandbox(
            .with {
                $0.heloData.actionsHonourKeys = true
                $0.heloData.balance = .cents(120_00)
            }
        ) { sandbox in
            let path = "isp/batches/\(try await sandbox.batch())/renew"
            #expect(try await sandbox.heloData(.POST, path, ["months": 1], key: "one").status == 409)
            sandbox.vendors.heloData.topUp(.cents(120_00))
            #expect(try await sandbox.heloData(.POST, path, ["months": 1], key: "one").status == 200)
        }
    }

    @Test func `a made-up refusal takes the status and the code that the settings give it`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let refusals: SandboxJSON = ["refresh_already_used": ["code": "refresh_limit", "status": 422]]
            let changed = try await sandbox.control(.PATCH, "settings", ["refusals": refusals])
            #expect(changed.json["refusals"] == refusals)
            _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/refresh")
            let second = try await sandbox.heloData(.POST, "isp/batches/\(id)/refresh")
            #expect(second.status == 422)
            #expect(second.json.members?.map(\.name) == ["code", "message", "request_id"])
            #expect(second.json["code"]?.string == "refresh_limit")
            #expect(sandbox.vendors.heloData.books.entries.last?.refusal == "refresh_limit")
        }
    }

    @Test(arguments: [
        #"{"insufficient_balance":{"status":402,"code":"x"}}"#, #"{"refresh_used":{"status":409,"code":"x"}}"#,
        #"{"refresh_already_used":{"status":200,"code":"x"}}"#, #"{"refresh_already_used":{"status":409}}"#,
    ])
    func `a documented refusal, or one that there is not, keeps its words`(text: String) async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.control(.PATCH, "settings", ["refusals": SandboxJSON(parsing: text)])
            #expect(reply.status == 400)
            #expect(sandbox.vendors.heloDataSettings.refusals == [:])
        }
    }

    @Test(arguments: indices) func `answers to changes may tell what is documented, or nothing`(index: Int) async throws
    {
        try await withSandbox { sandbox in
            for way in ["documented", "empty"] {
                _ = try await sandbox.control(.PATCH, "settings", ["action_answers": .string(way)])
                let id = try await sandbox.batch()
                let ip = try #require(try await sandbox.ipIDs(of: id).first)
                let (method, path, body) = HeloDataAction.on(batch: id, ip: ip)[index]
                guard method != .GET, !path.hasSuffix("wl_1") else { continue }
                let reply = try await sandbox.heloData(method, path, body)
                let renewal = path.hasSuffix("renew") ? #"{"expires_at":"2026-07-28T10:00:00Z"}"# : "{}"
                #expect(reply.text == (way == "empty" ? "" : renewal))
                #expect((reply.status == 204) == (way == "empty"))
                #expect(sandbox.vendors.heloData.books.changes.last?.batchID == id)
            }
        }
    }
}

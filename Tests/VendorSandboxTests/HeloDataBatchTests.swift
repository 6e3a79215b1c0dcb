import NIOHTTP1
import Testing
import VendorSandbox

/// What can be done with a batch: renew, refresh, rotate its password, release it; and what time does to it.
@Suite struct HeloDataBatchTests {
    // MARK: - Renewing

    @Test(arguments: [
        (SandboxJSON.isp, 1, "120.00", "2026-07-28T10:00:00Z"), (.isp, 12, "1440.00", "2027-06-28T10:00:00Z"),
        (.isp.with(["months": 3]), 2, "240.00", "2026-10-28T10:00:00Z"),
        (
            .isp.with(["quantity": 5, "city": "dallas", "asn": 20_115]), 1, "27.50", "2026-07-28T10:00:00Z"
        ),
    ])
    func `a renewal charges the monthly price and moves the end by calendar months`(
        order: SandboxJSON, months: Int, price: String, end: String
    ) async throws {
        try await withSandbox(.with { $0.heloData.balance = .cents(10_000_00) }) { sandbox in
            let id = try await sandbox.batch(order)
            let before = sandbox.vendors.heloData.books.balance
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": .number("\(months)")])
            #expect(reply.status == 200)
            #expect(
                reply.text == """
                    {"id":"\(id)","status":"active","months":\(months),"total_usd":\(price),"expires_at":"\(end)"}
                    """)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["expires_at"]?.string == end)
            let books = sandbox.vendors.heloData.books
            let sale = try #require(books.sold.last)
            #expect(sale.kind == .renewal)
            #expect(sale.price.description == price)
            #expect(sale.batchID == id)
            #expect(sale.order == books.sold.first?.order)
            #expect(sale.months == months)
            #expect(sale.quantity == order["quantity"]?.integer)
            #expect(books.changes.map(\.kind) == [.renew])
            #expect(books.changes.map(\.price) == [sale.price])
            #expect(before.micros - books.balance.micros == sale.price.micros)
            let entries = books.entries.filter { $0.exchange == sale.exchange }
            #expect(entries.map(\.event) == [.charged, .changed, .answered])
            #expect(entries.map(\.call) == [.renew, .renew, .renew])
        }
    }

    @Test func `months are counted from the end, and a short month ends them early`() async throws {
        try await withSandbox { sandbox in
            sandbox.pass(days: 3)
            let id = try await sandbox.batch(.isp.with(["quantity": 5]))
            var ends: [String?] = []
            for months in [7, 1, 1] {
                let body: SandboxJSON = ["months": .number("\(months)")]
                ends.append(
                    try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", body).json["expires_at"]?.string)
            }
            #expect(ends == ["2027-01-30T10:00:00Z", "2027-02-28T10:00:00Z", "2027-03-28T10:00:00Z"])
        }
    }

    @Test(arguments: [
        #"{}"#, #"{"months":0}"#, #"{"months":121}"#, #"{"months":"1"}"#, #"{"months":1.5}"#, "", "[]", "nonsense",
    ])
    func `a renewal for no good number of months is refused`(text: String) async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let url = "\(sandbox.ports.heloDataURL)/isp/batches/\(id)/renew"
            let token = ["Authorization": "Bearer \(sandbox.vendors.heloDataSettings.token)"] as HTTPHeaders
            let reply = try await sandbox.send(.POST, url, text, token)
            #expect(reply.status == 400)
            #expect(reply.json["code"]?.string == "invalid_request")
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }

    @Test func `a renewal that the balance does not cover changes nothing`() async throws {
        try await withSandbox(.with { $0.heloData.balance = .cents(239_99) }) { sandbox in
            let id = try await sandbox.batch()
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1])
            #expect(reply.status == 409)
            #expect(reply.json["code"]?.string == "insufficient_balance")
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["expires_at"] == "2026-06-28T10:00:00Z")
            sandbox.vendors.heloData.topUp(.cents(1))
            #expect(try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1]).status == 200)
            #expect(sandbox.vendors.heloData.books.balance == .zero)
        }
    }

    @Test func `a renewal costs what the batch cost, and a surcharge`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let stock: SandboxJSON = [
                [
                    "country": "us", "city": "newyork", "city_name": "New York", "asn": 7922, "available": 1,
                    "price": "99.00",
                ]
            ]
            _ = try await sandbox.control(.PATCH, "settings", ["stock": stock, "renewal_surcharge": "0.55"])
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1])
            #expect(reply.json["total_usd"]?.digits == "120.55")
        }
    }

    // MARK: - Refreshing

    @Test func `a refresh gives every address a successor, which comes later`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let before = try await sandbox.ips(of: id)
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/refresh")
            #expect(reply.text == #"{"id":"\#(id)","status":"refreshing","quantity":20}"#)
            #expect(try await sandbox.ips(of: id) == [])
            sandbox.clock.advance(milliseconds: 2000)
            let after = try await sandbox.ips(of: id)
            #expect(after.count == 20)
            #expect(Set(before.map { $0["ip"] }).isDisjoint(with: Set(after.map { $0["ip"] })))
            #expect(Set(before.map { $0["id"] }).isDisjoint(with: Set(after.map { $0["id"] })))
            #expect(Set(before.map { $0["pass"] }) == Set(after.map { $0["pass"] }))
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
            #expect(sandbox.vendors.heloData.books.changes.map(\.kind) == [.refresh])
            #expect(sandbox.vendors.heloData.books.changes.map(\.count) == [20])
        }
    }

    @Test func `a second refresh waits for the next billing period, which a renewal does not bring nearer`()
        async throws
    {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            #expect(try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1]).status == 200)
            var answers: [String] = []
            for days in [0, 30, 1, 0] as [Int64] {
                sandbox.pass(days: days)
                let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/refresh")
                answers.append("\(reply.status) \(reply.json["code"]?.string ?? "")")
            }
            #expect(answers == ["200 ", "409 refresh_already_used", "200 ", "409 refresh_already_used"])
        }
    }

    // MARK: - The password

    @Test func `a new password is the whole batch's, and no other batch's`() async throws {
        try await withSandbox { sandbox in
            let (id, other) = (try await sandbox.batch(), try await sandbox.batch())
            let old = try await sandbox.ips(of: other).first?["pass"]
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/rotate-password").json
            let passwords = try await sandbox.ips(of: id).map { $0["pass"] }
            #expect(Set(passwords) == [reply["password"]])
            #expect(try await sandbox.ips(of: id).map { $0["user"] } == Array(repeating: reply["user"], count: 20))
            #expect(try await sandbox.ips(of: other).first?["pass"] == old)
            let second = try await sandbox.heloData(.POST, "isp/batches/\(id)/rotate-password").json
            #expect(second["password"] != reply["password"])
            let plain = try await sandbox.heloData(.GET, "isp/batches/\(id)/ips").text
            #expect(plain.split(separator: "\n").allSatisfy { $0.hasSuffix(second["password"]?.string ?? "-") })
            #expect(sandbox.vendors.heloData.books.changes.map(\.kind) == [.rotatePassword, .rotatePassword])
        }
    }

    // MARK: - The end

    @Test func `a batch that is released is gone, and nothing comes back`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let ip = try #require(try await sandbox.ipIDs(of: id).first)
            let reply = try await sandbox.heloData(.DELETE, "isp/batches/\(id)")
            #expect(reply.text == #"{"id":"\#(id)","status":"released","released_at":"2026-05-28T10:00:00Z"}"#)
            #expect(sandbox.vendors.heloData.books.balance == .cents(880_00))
            #expect(sandbox.vendors.heloData.books.changes.map(\.kind) == [.release])
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["status"]?.string == "released")
            for (method, path, body) in HeloDataAction.on(batch: id, ip: ip) {
                let refused = try await sandbox.heloData(method, path, body)
                #expect(refused.status == 409, "\(path)")
                #expect(refused.json["code"]?.string == "batch_released", "\(path)")
            }
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)/ips").json["code"] == "batch_released")
            #expect(sandbox.vendors.heloData.books.changes.count == 1)
        }
    }

    @Test func `a batch that is released may be there no more`() async throws {
        try await withSandbox(.with { $0.heloData.keepsReleasedBatches = false }) { sandbox in
            let id = try await sandbox.batch()
            let ip = try #require(try await sandbox.ipIDs(of: id).first)
            _ = try await sandbox.heloData(.DELETE, "isp/batches/\(id)")
            #expect(try await sandbox.heloData(.GET, "isp/batches").json["data"] == [])
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)/ips").status == 404)
            for (method, path, body) in HeloDataAction.on(batch: id, ip: ip) {
                #expect(try await sandbox.heloData(method, path, body).status == 404, "\(path)")
            }
        }
    }

    @Test(arguments: [
        ("refresh", 409, "batch_expired"), ("rotate-password", 409, "batch_expired"), ("renew", 200, nil),
    ])
    func `in its grace a batch can be renewed and not much else`(call: String, status: Int, code: String?) async throws
    {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let ips = try await sandbox.ipIDs(of: id)
            sandbox.pass(days: 31 + 6)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["status"]?.string == "expired")
            let replaced = try await sandbox.heloData(.POST, "isp/ips/\(ips[0])/replace")
            #expect(replaced.json["code"]?.string == "batch_expired")
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/\(call)", ["months": 1])
            #expect(reply.status == status)
            #expect(reply.json["code"]?.string == code)
            if status == 200 {
                #expect(reply.json["expires_at"]?.string == "2026-07-28T10:00:00Z")
                #expect(reply.json["status"]?.string == "active")
                #expect(try await sandbox.ipIDs(of: id) == ips)
            }
        }
    }

    @Test func `a renewal in the grace may bring other addresses`() async throws {
        try await withSandbox(.with { $0.heloData.graceKeepsIps = false }) { sandbox in
            let id = try await sandbox.batch()
            let before = try await sandbox.ipIDs(of: id)
            _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1])
            #expect(try await sandbox.ipIDs(of: id) == before)
            sandbox.pass(days: 62)
            _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1])
            sandbox.clock.advance(milliseconds: 2000)
            #expect(Set(before).isDisjoint(with: try await sandbox.ipIDs(of: id)))
        }
    }

    @Test func `past its grace a batch is released`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            sandbox.pass(days: 31 + 7)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["status"]?.string == "released")
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1])
            #expect(reply.json["code"]?.string == "batch_released")
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }

    @Test func `before it is ready a batch can be renewed or released, and not changed`() async throws {
        try await withSandbox(.with { $0.heloData.readyAfterMs = 60_000 }) { sandbox in
            let id = try await sandbox.batch()
            for call in ["refresh", "rotate-password"] {
                let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/\(call)")
                #expect(reply.json["code"]?.string == "batch_provisioning")
            }
            let renewed = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1])
            #expect(renewed.json["status"]?.string == "provisioning")
            #expect(try await sandbox.heloData(.DELETE, "isp/batches/\(id)").status == 200)
        }
    }

    @Test func `the vendor may renew by itself, month by month, as long as there is money`() async throws {
        try await withSandbox(
            .with {
                $0.heloData.autoRenew = true
                $0.heloData.balance = .cents(400_00)
            }
        ) { sandbox in
            let id = try await sandbox.batch()
            sandbox.pass(days: 62)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["expires_at"] == "2026-08-28T10:00:00Z")
            sandbox.pass(days: 31)
            let books = sandbox.vendors.heloData.books
            #expect(books.sold.map(\.kind) == [.order, .autoRenewal, .autoRenewal])
            #expect(books.sold.map(\.exchange) == [1, nil, nil])
            #expect(
                books.sold.dropFirst().map(\.time) == [
                    "2026-06-28T10:00:00.000+00:00", "2026-07-28T10:00:00.000+00:00",
                ])
            #expect(books.entries.last?.event == .unpaid)
            #expect(books.entries.last?.amount == .cents(120_00))
            #expect(books.balance == .cents(40_00))
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["status"]?.string == "expired")
        }
    }
}

/// The calls that change a batch.
enum HeloDataAction {
    typealias Call = (HTTPMethod, String, SandboxJSON?)

    static func on(batch: String, ip: String) -> [Call] {
        [
            (.POST, "isp/batches/\(batch)/refresh", nil), (.POST, "isp/batches/\(batch)/renew", ["months": 1]),
            (.POST, "isp/batches/\(batch)/rotate-password", nil), (.DELETE, "isp/batches/\(batch)", nil),
            (.POST, "isp/ips/\(ip)/replace", ["reason": "target-blocked"]),
            (.GET, "isp/batches/\(batch)/whitelist", nil),
            (.POST, "isp/batches/\(batch)/whitelist", ["ip": "203.0.113.7"]),
            (.DELETE, "isp/batches/\(batch)/whitelist/wl_1", nil),
        ]
    }
}

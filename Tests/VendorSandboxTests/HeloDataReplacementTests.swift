import NIOHTTP1
import Testing
import VendorSandbox

/// One address for another: how many are free, and what the others cost.
@Suite struct HeloDataReplacementTests {
    @Test func `the old address goes at once, the new one comes later`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let before = try await sandbox.ips(of: id)
            let old = try #require(before[3]["id"]?.string)
            let reply = try await sandbox.replace(old)
            let new = try #require(reply.json["replacement_id"]?.string)
            #expect(
                reply.text == """
                    {"id":"\(old)","status":"released","batch_id":"\(id)","replacement_id":"\(new)",\
                    "total_usd":0.00,"free_replacements_left":21}
                    """)
            #expect(try await sandbox.ips(of: id) == before.filter { $0["id"]?.string != old })
            #expect(try await sandbox.replace(old).json["code"] == "ip_released")
            #expect(try await sandbox.replace(new).json["code"] == "ip_provisioning")
            sandbox.clock.advance(milliseconds: 2000)
            let after = try await sandbox.ips(of: id)
            #expect(after.count == 20)
            #expect(after[3]["id"]?.string == new)
            #expect(!before.map { $0["ip"] }.contains(after[3]["ip"]))
            let books = sandbox.vendors.heloData.books
            #expect(books.changes.map(\.items) == [[old, new]])
            #expect(books.changes.map(\.batchID) == [id])
            #expect(books.sold.count == 1)
        }
    }

    /// A batch of 20 at $6.00: how many days after the sale, whether it was refreshed, and how many of 4 are charged.
    @Test(arguments: [
        (0, false, 20, 0), (13, false, 20, 0), (14, false, 20, 2), (30, false, 20, 2), (0, true, 20, 2),
        (14, true, 20, 2), (14, false, 19, 3), (14, false, 5, 4), (14, false, 40, 0),
    ])
    func `replacements are free in the first days, then a tenth of the batch is`(
        days: Int64, refreshed: Bool, quantity: Int, charged: Int
    ) async throws {
        try await withSandbox(.with { $0.heloData.replacementAfterMs = 0 }) { sandbox in
            let id = try await sandbox.batch(.isp.with(["quantity": .number("\(quantity)")]))
            if refreshed { _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/refresh") }
            sandbox.pass(days: days)
            let ips = try await sandbox.ipIDs(of: id).prefix(4)
            for ip in ips { #expect(try await sandbox.replace(ip).status == 200) }
            let books = sandbox.vendors.heloData.books
            let paid = books.sold.filter { $0.kind == .replacement }
            #expect(paid.map(\.price) == Array(repeating: .cents(6_00), count: charged))
            #expect(paid.allSatisfy { $0.batchID == id && $0.quantity == 1 && $0.months == nil })
            #expect(
                books.changes.filter { $0.kind == .replace }.map(\.price)
                    == (0..<4).map {
                        $0 < 4 - charged ? .zero : .cents(6_00)
                    })
        }
    }

    @Test func `the first days hold as many as there are addresses, and then comes the tenth`() async throws {
        try await withSandbox(.with { $0.heloData.replacementAfterMs = 0 }) { sandbox in
            let id = try await sandbox.batch(.isp.with(["quantity": 10]))
            var left: [Int?] = []
            for _ in 0..<12 {
                let ip = try #require(try await sandbox.ipIDs(of: id).first)
                left.append(try await sandbox.replace(ip).json["free_replacements_left"]?.integer)
            }
            #expect(left == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0])
            #expect(sandbox.vendors.heloData.books.sold.map(\.kind) == [.order, .replacement])
        }
    }

    @Test func `each billing period has its own tenth`() async throws {
        try await withSandbox(.with { $0.heloData.replacementAfterMs = 0 }) { sandbox in
            let id = try await sandbox.batch(.isp.with(["quantity": 10, "months": 3]))
            for days in [20, 15, 30] as [Int64] {
                sandbox.pass(days: days)
                for ip in try await sandbox.ipIDs(of: id).prefix(2) { _ = try await sandbox.replace(ip) }
            }
            #expect(
                sandbox.vendors.heloData.books.sold.map(\.kind) == [.order] + Array(repeating: .replacement, count: 3))
        }
    }

    @Test func `a replacement that the balance does not cover changes nothing`() async throws {
        try await withSandbox(
            .with {
                $0.heloData.balance = .cents(125_99)
                $0.heloData.freeReplacementDays = 0
                $0.heloData.freeReplacementPercent = 0
            }
        ) { sandbox in
            let id = try await sandbox.batch()
            let before = try await sandbox.ipIDs(of: id)
            let reply = try await sandbox.replace(before[0])
            #expect(reply.status == 409)
            #expect(reply.json["code"]?.string == "insufficient_balance")
            #expect(try await sandbox.ipIDs(of: id) == before)
            #expect(sandbox.vendors.heloData.books.changes == [])
        }
    }

    @Test func `an address costs what its own place costs`() async throws {
        let stock = [
            HeloDataStock(country: "us", city: "a", cityName: "A", asn: 1, available: 3, price: .cents(600)),
            HeloDataStock(country: "us", city: "b", cityName: "B", asn: 2, available: 9, price: .cents(500)),
        ]
        try await withSandbox(
            .with {
                $0.heloData.stock = stock
                $0.heloData.freeReplacementDays = 0
            }
        ) { sandbox in
            let id = try await sandbox.batch(.isp.without("city", "asn").with(["quantity": 5]))
            let ips = try await sandbox.ips(of: id)
            for ip in [ips[0], ips[4]] { _ = try await sandbox.replace(ip["id"]?.string ?? "") }
            #expect(sandbox.vendors.heloData.books.sold.map(\.price.description) == ["28.00", "6.00", "5.00"])
            sandbox.clock.advance(milliseconds: 2000)
            #expect(try await sandbox.ips(of: id).map { $0["city"]?.string } == ["A", "A", "A", "B", "B"])
        }
    }

    @Test(arguments: ["", #"{}"#, #"{"reason":null}"#, #"{"reason":"target-blocked"}"#])
    func `a reason may be given or not`(text: String) async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            let ip = try #require(try await sandbox.ipIDs(of: id).first)
            let reply = try await sandbox.send(
                .POST, "\(sandbox.ports.heloDataURL)/isp/ips/\(ip)/replace", text,
                ["Authorization": "Bearer \(sandbox.vendors.heloDataSettings.token)"])
            #expect(reply.status == 200)
        }
    }

    @Test(arguments: ["ip_1", "ip_", "bat_1", "198.51.100.42", "%2e%2e"])
    func `an address that there is not gives 404`(id: String) async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.batch()
            #expect(try await sandbox.replace(id).status == 404)
        }
    }

    @Test(arguments: [("ip_id", true), ("", false)])
    func `the list names its ids as the settings say, or has none`(name: String, has: Bool) async throws {
        try await withSandbox(.with { $0.heloData.ipIdField = name }) { sandbox in
            let id = try await sandbox.batch()
            let names = try await sandbox.ips(of: id).first?.members?.map(\.name)
            #expect(names == ["ip", "port", "user", "pass", "country", "city", "asn"] + (has ? [name] : []))
        }
    }
}

extension SandboxFixture {
    fileprivate func replace(_ ip: String) async throws -> Reply {
        try await heloData(.POST, "isp/ips/\(ip)/replace", ["reason": "target-blocked"])
    }
}

import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct HeloDataReadingTests {
    @Test(arguments: ["", "Bearer", "Bearer wrong", "Basic x"])
    func `a wrong token gives 401 in the flat body`(authorization: String) async throws {
        try await withSandbox { sandbox in
            let url = "\(sandbox.ports.heloDataURL)/users/me"
            let reply = try await sandbox.send(.GET, url, nil, ["Authorization": authorization])
            #expect(reply.status == 401)
            #expect(reply.json["code"]?.string == "unauthorized")
            #expect(reply.json["request_id"]?.string?.hasPrefix("req_") == true)
        }
    }

    @Test func `an account is shown as in the sample`() async throws {
        try await withSandbox(.with { $0.heloData.balance = .cents(125_40) }) { sandbox in
            let reply = try await sandbox.heloData(.GET, "users/me")
            #expect(reply.json["balance"]?.description == #"{"currency":"USD","amount":125.40}"#)
            #expect(
                reply.json.members?.map(\.name) == [
                    "id", "email", "company", "plan", "kyc_status", "created_at", "balance",
                ])
        }
    }

    @Test func `calls past the limit of a minute give 429, and the next minute is free again`() async throws {
        try await withSandbox(.with { $0.heloData.ratePerMinute = 2 }) { sandbox in
            let first = try await sandbox.heloData(.GET, "users/me")
            #expect(first.headers.first(name: "X-RateLimit-Limit") == "2")
            #expect(first.headers.first(name: "X-RateLimit-Remaining") == "1")
            #expect(first.headers.first(name: "X-RateLimit-Reset") == "1779962460")
            sandbox.clock.advance(milliseconds: 52_000)
            _ = try await sandbox.heloData(.GET, "users/me")
            let third = try await sandbox.heloData(.POST, "orders", .residential)
            #expect(third.status == 429)
            #expect(third.json["code"]?.string == "rate_limited")
            #expect(third.headers.first(name: "Retry-After") == "8")
            sandbox.clock.advance(milliseconds: 8000)
            #expect(try await sandbox.heloData(.POST, "orders", .residential).status == 201)
        }
    }

    @Test func `the inventory tells quantity, price and cities per country and network`() async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.heloData(.GET, "isp/inventory?country=us&asn=7922")
            #expect(
                reply.text == """
                    {"data":[{"country":"us","available":25000,"price_usd":6.00,"cities":["newyork","losangeles"],\
                    "asns":[{"asn":7922,"available":25000,"price_usd":6.00,"cities":["newyork","losangeles"]}]}]}
                    """)
            let all = try await sandbox.heloData(.GET, "isp/inventory")
            #expect(all.json["data"]?.elements?.map { $0["country"]?.string } == ["us", "de", "gb", "fr", "nl"])
            #expect(try await sandbox.heloData(.GET, "isp/inventory?country=zz").text == #"{"data":[]}"#)
        }
    }

    @Test func `a batch is provisioning, and its list empty, until it is ready`() async throws {
        try await withSandbox(.with { $0.heloData.readyAfterMs = 2000 }) { sandbox in
            let id = try await sandbox.batch(.isp)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["status"]?.string == "provisioning")
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)/ips?format=json").text == "[]")
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)/ips").text == "")
            sandbox.clock.advance(milliseconds: 2000)
            let batch = try await sandbox.heloData(.GET, "isp/batches/\(id)")
            #expect(batch.json["status"]?.string == "active")
            #expect(batch.json["quantity"]?.integer == 20)
            #expect(batch.json["expires_at"]?.string == "2026-06-28T10:00:00Z")
            let ips = try await sandbox.heloData(.GET, "isp/batches/\(id)/ips?format=json")
            #expect(ips.json.elements?.count == 20)
        }
    }

    @Test func `addresses come in the three documented forms`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch(.isp.with(["quantity": 5]))
            let path = "isp/batches/\(id)/ips"
            let json = try await sandbox.heloData(.GET, "\(path)?format=json")
            let first = try #require(json.json[0])
            let (ip, user, pass) = try #require(first.login)
            #expect(first.members?.map(\.name) == ["ip", "port", "user", "pass", "country", "city", "asn", "id"])
            #expect(first["country"]?.string == "US")
            #expect(first["city"]?.string == "New York")
            let plain = try await sandbox.heloData(.GET, path)
            #expect(plain.text.hasPrefix("\(ip):8000:\(user):\(pass)\n"))
            let csv = try await sandbox.heloData(.GET, "\(path)?format=csv")
            #expect(
                csv.text.hasPrefix("ip,port,user,pass,country,city,asn\n\(ip),8000,\(user),\(pass),US,New York,7922\n"))
            #expect(csv.text.split(separator: "\n").count == 6)
            #expect(try await sandbox.heloData(.GET, "\(path)?format=xml").status == 400)
        }
    }

    @Test func `no address belongs to two batches`() async throws {
        try await withSandbox { sandbox in
            var addresses: Set<String> = []
            for _ in 0..<3 {
                let id = try await sandbox.batch(.isp)
                let list = try await sandbox.heloData(.GET, "isp/batches/\(id)/ips?format=json")
                addresses.formUnion(list.json.elements?.compactMap { $0["ip"]?.string } ?? [])
            }
            #expect(addresses.count == 60)
        }
    }

    @Test func `batches are listed newest first, page by page`() async throws {
        try await withSandbox(.with { $0.heloData.pageSize = 2 }) { sandbox in
            var sold: [String] = []
            for _ in 0..<5 { sold.insert(try await sandbox.batch(.isp.with(["quantity": 5])), at: 0) }
            var listed: [String] = []
            var cursor: String? = ""
            while let next = cursor {
                let page = try await sandbox.heloData(.GET, "isp/batches?cursor=\(next)").json
                listed += page["data"]?.elements?.compactMap { $0["id"]?.string } ?? []
                cursor = page["next_cursor"]?.string
            }
            #expect(listed == sold)
        }
    }

    @Test func `a batch may be listed late, be short, and keep its order to itself`() async throws {
        try await withSandbox(
            .with {
                $0.heloData.listedAfterMs = 60_000
                $0.heloData.withheldIps = 3
                $0.heloData.batchCarriesStatus = false
            }
        ) { sandbox in
            let id = try await sandbox.batch(.isp)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").status == 404)
            #expect(try await sandbox.heloData(.GET, "isp/batches").json["data"] == [])
            sandbox.clock.advance(milliseconds: 60_000)
            let batch = try await sandbox.heloData(.GET, "isp/batches/\(id)").json
            #expect(batch["status"] == nil)
            #expect(batch["order_id"] == nil)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)/ips?format=json").json.elements?.count == 17)
        }
    }

    @Test(arguments: ["orders/ord_1", "isp/batches/bat_1", "isp/batches/bat_1/ips", "nothing", "orders"])
    func `what is not there gives 404 in the flat body`(path: String) async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.heloData(.GET, path)
            #expect(reply.status == 404)
            #expect(reply.json["code"]?.string == "not_found")
        }
    }
}

extension SandboxJSON {
    fileprivate var login: (String, String, String)? {
        guard let ip = self["ip"]?.string, let user = self["user"]?.string, let pass = self["pass"]?.string else {
            return nil
        }
        return (ip, user, pass)
    }
}

import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct HeloDataOrderTests {
    @Test func `a residential order is answered as in the sample`() async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", .residential, key: "order-2026-05-28-001")
            let id = try #require(reply.json["id"]?.string)
            #expect(reply.status == 201)
            #expect(id.hasPrefix("ord_"))
            #expect(
                reply.text == """
                    {"id":"\(id)","product":"residential","status":"completed","total_usd":225.00,\
                    "details":{"gb":50,"price_per_gb":4.50},"created_at":"2026-05-28T10:00:00Z"}
                    """)
        }
    }

    @Test func `an ISP order is answered as in the sample`() async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", .isp)
            let id = try #require(reply.json["id"]?.string)
            let batch = try #require(reply.json["details"]?["batch_id"]?.string)
            #expect(reply.status == 201)
            #expect(batch.hasPrefix("bat_"))
            #expect(
                reply.text == """
                    {"id":"\(id)","product":"isp","status":"provisioning","total_usd":120.00,\
                    "details":{"batch_id":"\(batch)","quantity":20,"country":"us","city":"newyork","asn":7922,\
                    "expires_at":"2026-06-28T10:00:00Z"}}
                    """)
        }
    }

    @Test(arguments: [
        (SandboxJSON.residential.with(["gb": .number("0.5")]), "2.25"), (.mobile, "40.00"),
        (.residential.with(["gb": .number("0.001")]), "0.00"), (.isp.with(["months": 12]), "1440.00"),
        (.isp.with(["quantity": 5]), "30.00"), (.isp.without("subuser", "asn", "city"), "120.00"),
        (.isp.with(["city": "dallas", "asn": 20_115]), "110.00"),
    ])
    func `an order costs what its price list says`(body: SandboxJSON, total: String) async throws {
        try await withSandbox(.with { $0.heloData.balance = .cents(10_000_00) }) { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", body)
            #expect(reply.json["total_usd"]?.digits == total)
            #expect(sandbox.vendors.heloData.books.sold.map(\.price.description) == [total])
        }
    }

    @Test(arguments: [
        (SandboxJSON.isp.with(["quantity": 4]), 422, "quantity_out_of_range"),
        (.isp.with(["quantity": 5001]), 422, "quantity_out_of_range"),
        (.isp.with(["city": "dallas"]), 422, "insufficient_inventory"),
        (.isp.with(["country": "zz"]), 422, "insufficient_inventory"),
        (
            .isp.with(["city": "amsterdam", "country": "nl", "asn": 33_915, "quantity": 51]), 422,
            "insufficient_inventory"
        ),
        (.residential.with(["gb": 223]), 409, "insufficient_balance"),
        (.isp.with(["quantity": 167]), 409, "insufficient_balance"),
        (.residential.with(["gb": "50"]), 400, "invalid_request"),
        (.residential.with(["gb": 0]), 400, "invalid_request"),
        (.residential.with(["gb": .number("1e2")]), 400, "invalid_request"),
        (.residential.without("gb"), 400, "invalid_request"),
        (.residential.with(["product": "datacenter"]), 400, "invalid_request"),
        (.isp.without("country"), 400, "invalid_request"),
        (.isp.without("months"), 400, "invalid_request"),
        (.isp.with(["months": 0]), 400, "invalid_request"),
        (.isp.with(["quantity": .number("5.5")]), 400, "invalid_request"),
        (.isp.with(["asn": "7922"]), 400, "invalid_request"),
        (.object([]), 400, "invalid_request"), (.array([]), 400, "invalid_request"),
    ])
    func `a refused order says why and is not sold`(body: SandboxJSON, status: Int, code: String) async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", body)
            #expect(reply.status == status)
            #expect(reply.json["code"]?.string == code)
            #expect(reply.json.members?.map(\.name) == ["code", "message", "request_id"])
            #expect(sandbox.vendors.heloData.books.sold == [])
            #expect(sandbox.vendors.heloData.books.entries.last?.refusal == code)
        }
    }

    @Test(arguments: ["", "{", "not json", #"{"product":"residential","gb":50"#, "[[[[", "\u{0}"])
    func `a body that is not JSON is refused`(text: String) async throws {
        try await withSandbox { sandbox in
            let headers = [("Authorization", "Bearer \(sandbox.vendors.heloDataSettings.token)")]
            let url = "\(sandbox.ports.heloDataURL)/orders"
            let reply = try await sandbox.send(.POST, url, text, .init(headers))
            #expect(reply.status == 400)
            #expect(reply.json["code"]?.string == "invalid_request")
        }
    }

    @Test(arguments: [
        ("not-submitted", SandboxJSON.mobile, 409), ("pending", .isp, 409), ("rejected", .isp, 409),
        ("pending", .residential, 201), ("approved", .isp, 201),
    ])
    func `KYC guards mobile and ISP only`(kyc: String, body: SandboxJSON, status: Int) async throws {
        try await withSandbox(.with { $0.heloData.kycStatus = kyc }) { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", body)
            #expect(reply.status == status)
            if status == 409 { #expect(reply.json["code"]?.string == "kyc_required") }
        }
    }

    @Test func `a sale takes from the stock, and an order without a city may lie in several`() async throws {
        let stock = [
            HeloDataStock(country: "us", city: "a", cityName: "A", asn: 1, available: 6, price: .cents(600)),
            HeloDataStock(country: "us", city: "b", cityName: "B", asn: 2, available: 9, price: .cents(500)),
        ]
        try await withSandbox(.with { $0.heloData.stock = stock }) { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", .isp.without("city", "asn").with(["quantity": 10]))
            #expect(reply.json["total_usd"]?.digits == "56.00")
            #expect(reply.json["details"]?["city"] == SandboxJSON.null)
            #expect(sandbox.vendors.heloDataSettings.stock.map(\.available) == [0, 5])
        }
    }

    @Test func `a surcharge makes the sale dearer than the inventory says`() async throws {
        try await withSandbox(.with { $0.heloData.saleSurcharge = .cents(123) }) { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", .isp)
            #expect(reply.json["total_usd"]?.digits == "121.23")
        }
    }

    @Test func `a month is a calendar month, and ends with the month where the day is missing`() async throws {
        try await withSandbox { sandbox in
            sandbox.clock.advance(milliseconds: 3 * 86_400_000)
            let reply = try await sandbox.heloData(.POST, "orders", .isp)
            #expect(reply.json["details"]?["expires_at"]?.string == "2026-06-30T10:00:00Z")
        }
    }

    @Test func `many orders at once are all sold, with ids of their own`() async throws {
        try await withSandbox { sandbox in
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        let body = SandboxJSON.residential.with(["gb": 1])
                        return try await sandbox.heloData(.POST, "orders", body, key: "k\(index)").json["id"]?.string
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.formUnion([$1].compactMap { $0 }) }
            }
            #expect(ids.count == 100)
            #expect(sandbox.vendors.heloData.books.balance == .cents(1000_00 - 450_00))
        }
    }
}

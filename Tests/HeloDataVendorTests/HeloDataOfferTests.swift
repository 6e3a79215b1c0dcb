import ExactJSON
import HeloDataVendor
import Purchasing
import Testing
import VendorHTTP

struct `What HeloData sells` {
    private func adapter(_ prices: HeloDataSettings.Prices = .init()) throws -> HeloDataAdapter {
        try HeloDataAdapter(settings: HeloDataSettings(apiKey: Secret("k"), prices: prices))
    }

    private func objections(_ change: (inout OrderRequest) -> Void, to start: OrderRequest = .twentyIPs) async throws
        -> [String]
    {
        var request = start
        change(&request)
        let adapter = try adapter()
        let objections = Vendor(name: "helodata", adapter: adapter).objections(to: request).map { fault in
            guard case .pointer(let pointer) = fault.place else { return "elsewhere" }
            return "\(pointer) \(fault.code)"
        }
        await adapter.close()
        return objections
    }

    @Test func `is what its documents show`() async throws {
        #expect(try await objections { _ in }.isEmpty)
        #expect(try await objections({ _ in }, to: .fiftyGB).isEmpty)
        #expect(try await objections { $0.rental = .days(360) }.isEmpty)
        #expect(try await objections({ $0.product = .mobile }, to: .fiftyGB).isEmpty)
        for product in [Product.ipv4, .ipv6] {
            #expect(try await objections { $0.product = product } == ["/product not_supported"])
        }
        #expect(try await objections { $0.product = .mobile } == ["/product not_supported"])
    }

    @Test(arguments: [(4, false), (5, true), (5000, true), (5001, false), (0, false)])
    func `is 5 to 5000 IPs at once`(_ quantity: Int, _ isSold: Bool) async throws {
        #expect(try await objections { $0.quantity = quantity } == (isSold ? [] : ["/quantity quantity_out_of_range"]))
    }

    @Test func `is rented by the month`() async throws {
        #expect(try await objections { $0.rental = .days(45) } == ["/days days_not_whole_months"])
        #expect(try await objections { $0.rental = nil } == ["/months required"])
    }

    @Test func `never leaves out what was asked for`() async throws {
        #expect(try await objections { $0.promoCode = "SAVE10" } == ["/promo_code not_supported"])
        #expect(try await objections { $0.auth = .ip("203.0.113.7") } == ["/auth not_supported"])
        #expect(try await objections { $0.proxyProtocol = .http } == ["/protocol not_supported"])
        #expect(try await objections { $0.mobileOperator = "verizon" } == ["/mobile_operator not_supported"])
        #expect(try await objections { $0.rotationSeconds = 300 } == ["/rotation_seconds not_supported"])
        #expect(try await objections({ $0.country = Country("US") }, to: .fiftyGB) == ["/country not_supported"])
    }

    @Test func `has no use for a goal, and says so`() async throws {
        let adapter = try adapter()
        let vendor = Vendor(name: "helodata", adapter: adapter)
        var request = OrderRequest.twentyIPs
        #expect(vendor.unusedFields(of: request).isEmpty)
        request.goal = "scraping"
        #expect(vendor.unusedFields(of: request) == ["goal"])
        #expect(vendor.objections(to: request).isEmpty)
        await adapter.close()
    }

    @Test func `is asked for with the documented fields only`() async throws {
        let adapter = try adapter()
        var request = OrderRequest.twentyIPs
        request.subuser = "sub_01HX2K3PQ4M5"
        request.goal = "scraping"
        request.rental = .days(60)
        #expect(
            String(decoding: adapter.purchaseBody(for: request), as: UTF8.self)
                == #"{"product":"isp","country":"us","city":"newyork","asn":7922,"quantity":20,"months":2,"#
                + #""subuser":"sub_01HX2K3PQ4M5"}"#)
        let traffic = OrderRequest(product: .mobile, gb: Millionths("0.5"))
        #expect(
            String(decoding: adapter.purchaseBody(for: traffic), as: UTF8.self) == #"{"product":"mobile","gb":0.5}"#)
        await adapter.close()
    }

    @Test func `costs what the configuration says, to the millionth`() async throws {
        let adapter = try adapter(
            .init(residentialGB: Millionths("4.50"), mobileGB: nil, ispIPMonth: Millionths("6.00")))
        #expect(adapter.listPrice(of: .isp)?.total(of: .twentyIPs) == .usd("120.00"))
        let traffic = adapter.listPrice(of: .residential)
        #expect(traffic?.total(of: .fiftyGB) == .usd("225.00"))
        #expect(
            traffic?.total(of: OrderRequest(product: .residential, gb: Millionths("0.333333"))) == .usd("1.499999"))
        #expect(adapter.listPrice(of: .mobileByGB) == nil)
        await adapter.close()
    }

    @Test(arguments: ["", "helodata", "https://user:pw@host", "https://host?key=1"])
    func `is not asked for at a strange address`(_ url: String) {
        let error = #expect(throws: InvalidVendorSettings.self) {
            try HeloDataAdapter(settings: HeloDataSettings(baseURL: url, apiKey: Secret("k")))
        }
        #expect(error?.field == "base_url")
    }
}

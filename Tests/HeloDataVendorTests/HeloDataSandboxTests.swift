import HeloDataVendor
import Purchasing
import Testing
import VendorSandbox

/// The adapter was written from the vendor's pages, as was the sandbox; neither was written from the other.
@Suite(.timeLimit(.minutes(1)))
struct `HeloData in the sandbox` {
    @Test func `tells its stock, and what it sold`() async throws {
        let vendors = SandboxVendors()
        let ports = try await vendors.start()
        let adapter = try HeloDataAdapter(
            settings: HeloDataSettings(baseURL: ports.heloDataURL, apiKey: Secret(vendors.heloDataSettings.token)))
        let all = try await adapter.stock(StockQuery(.isp))
        #expect(Set(all.map(\.country?.alpha2)) == ["US", "DE", "GB", "FR", "NL"])
        #expect(all.allSatisfy { $0.details == nil })
        let newYork = all.first { $0.city == "newyork" && $0.asn == 7922 }
        #expect(newYork?.price == Money.usd("6.00").map { UnitPrice($0, per: .ipMonth) })
        // Of what is told per network, only what was asked for.
        let asked = try await adapter.stock(StockQuery(.isp, country: Country("US"), asn: 20_115))
        #expect(asked.map(\.city) == [nil, "dallas"])
        #expect(asked.allSatisfy { $0.country == Country("US") && $0.asn == 20_115 })
        #expect(asked.first?.available == 2000)
        #expect(asked.allSatisfy { $0.price?.money == .usd("5.50") })
        await adapter.close()
        await vendors.stop()
    }
}

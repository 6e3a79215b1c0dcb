import LegacyVendor
import Purchasing
import Testing
import VendorSandbox

/// The adapter was written from the vendor's pages, as was the sandbox; neither was written from the other.
@Suite(.timeLimit(.minutes(1)))
struct `The legacy vendor in the sandbox` {
    @Test func `tells its lists and its prices`() async throws {
        let vendors = SandboxVendors()
        let ports = try await vendors.start()
        let adapter = try LegacyAdapter(
            settings: LegacySettings(
                baseURL: ports.legacyURL, apiKey: Secret(vendors.legacySettings.apiKey), goal: "testing"))
        for offer in adapter.offers {
            let lists = try await adapter.lists(of: offer.shape)
            #expect(lists.countries?.map(\.alpha2) == ["US", "DE", "GB", "FR"])
            #expect(lists.rentalDays?.isEmpty == false)
            #expect(lists.promoCodes?.map(\.code) == ["CLIENT-PROMO"])
            #expect(lists.mobileOperators?.count == (offer.shape == .mobileByIP ? 5 : nil))
        }
        let context = CallContext(orderID: nil)
        #expect(await adapter.quote(.ipv4, context: context) == .priced(Money(Millionths(2_620_000))))
        var wrong = OrderRequest.mobile
        guard case .refused(let promo, let price) = await adapter.quote(wrong, context: context) else {
            Issue.record("a promo code of nobody is refused")
            return
        }
        #expect(promo.reason == .promoCodeInvalid && price == .usd("18.00"))
        wrong.promoCode = nil
        wrong.rotationSeconds = 7
        guard case .refused(_, price: nil) = await adapter.quote(wrong, context: context) else {
            Issue.record("an unknown rotation time is refused")
            return
        }
        await adapter.close()
        await vendors.stop()
    }
}

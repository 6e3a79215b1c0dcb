import ExactJSON
import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
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

    @Test func `extends what it sold, once, and shows it`() async throws {
        var settings = SandboxSettings()
        settings.legacy.goodsAfterMs = 0
        let vendors = SandboxVendors(settings: settings)
        let ports = try await vendors.start()
        let adapter = try LegacyAdapter(
            settings: LegacySettings(
                baseURL: ports.legacyURL, apiKey: Secret(vendors.legacySettings.apiKey), goal: "testing"))
        vendors.legacy.sellByHand([
            "proxyType": "IPv4", "authType": "LOGIN", "goal": "testing", "country": "USA", "quantity": 2,
            "rentPeriodDays": 30,
        ])
        let goods = try #require(try await adapter.goods().first)
        #expect(try await adapter.goods(goods.id) == goods)
        let ip = try #require(goods.details["ipAddresses"]?.array?.last?["ipAddressId"]?.string)
        let sale = LegacyGoodsOnHand.sale(id: goods.id)
        let renewals: [(ActionTask, price: Money?, ends: Int, isLost: Bool)] = [
            (.renew(.months(1)), .usd("2.62"), 30, false), (.renew(.days(60), ips: [ip]), .usd("2.62"), 60, false),
            (.renew(.days(30)), .usd("2.62"), 30, true),
        ]
        for (task, price, days, isLost) in renewals {
            let call = LegacyGoodsOnHand.call(task, sale)
            guard case .ready(let quoted, let before) = await adapter.prepare(call) else {
                Issue.record("\(task) is not ready")
                break
            }
            #expect(quoted == price && before.count == 2)
            if isLost { try vendors.legacy.queue(SandboxFault(.processThenDrop, on: .extendOrder)) }
            let outcome = await adapter.perform(call)
            #expect(isLost ? outcome == .unknown(Doubt("connection_lost")) : outcome.isDone, "\(task): \(outcome)")
            let after = try await adapter.condition(for: call)
            let end = try #require(before.expiresAt).addingTimeInterval(TimeInterval(days * 86_400))
            #expect(after.expiresAt == end && after.ips == before.ips)
            #expect(after.balance == price.flatMap { before.balance?.minus($0) })
        }
        for (task, isOn) in [(ActionTask.autoRenew(.days(60)), true), (.autoRenew(nil), false)] {
            let call = LegacyGoodsOnHand.call(task, sale, balance: nil)
            guard case .ready(price: nil, let before) = await adapter.prepare(call) else {
                Issue.record("\(task) is not ready")
                break
            }
            #expect(before.renewsItself == !isOn)
            let outcome = await adapter.perform(call)
            #expect(outcome.isDone, "\(task): \(outcome)")
            let after = try await adapter.condition(for: call)
            #expect(after.renewsItself == isOn)
        }
        let elsewhere = LegacyGoodsOnHand.call(
            .renew(.days(30)), LegacyGoodsOnHand.sale(.isp, id: goods.id), balance: nil)
        guard case .refused(let refusal) = await adapter.perform(elsewhere) else {
            Issue.record("goods of another type are extended")
            return
        }
        #expect(refusal.vendorCode == "29")
        #expect(
            vendors.legacy.books.changes.map(\.kind.rawValue) == [
                "extend", "extend", "extend", "auto_extend_on", "auto_extend_off",
            ])
        await adapter.close()
        await vendors.stop()
    }
}

extension ActionOutcome {
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}

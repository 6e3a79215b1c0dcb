import ExactJSON
import Purchasing

/// What an action asks of the vendor, in the vendor's words: to extend an order, or some of its IPs, now or by itself.
struct LegacyExtension: Sendable {
    let type: LegacyProxyType
    /// The `orderId` of the goods.
    let orderID: String
    /// The `ipAddressIds`, where only these are extended, or addresses in their place; empty for the whole order.
    var ips: [String]
    let days: Int
    let promoCode: String?
    /// Whether the vendor is to extend by itself; nil to extend now.
    let autoExtend: Bool?

    /// Nil for what the vendor does not do, and for goods whose `orderId` is not known.
    init?(_ task: ActionTask, on sale: Sale) {
        guard let type = LegacyProxyType(sale.request.shape), let orderID = sale.vendorOrderID else { return nil }
        self.type = type
        self.orderID = orderID
        switch task {
        case .renew(let rental, let ips, let promoCode):
            self.ips = ips
            days = rental.asDays
            self.promoCode = promoCode
            autoExtend = nil
        case .autoRenew(let rental):
            // Turning it off wants days as well (/price-calculation/auto-extend-by-ips): those that are set, or those that
            // the vendor took at the sale.
            guard let rental = rental ?? sale.autoRenewal ?? sale.request.rental else { return nil }
            ips = []
            days = rental.asDays
            promoCode = nil
            autoExtend = task != .autoRenew(nil)
        case .refresh, .rotatePassword, .release, .replace, .allow, .disallow: return nil
        }
    }

    /// Whether all IPs of the order are meant.
    var isWhole: Bool { ips.isEmpty }

    /// The days that auto-extension is to have from now on; nil where it is not turned on.
    var autoExtendDays: Int? { autoExtend == true ? days : nil }

    /// The body of each of the calls, whose fields have the same names (/api-reference/extend/extend-by-order-ids,
    /// /api-reference/auto-extend/auto-extend-by-order-ids).
    var body: JSON {
        .object([
            ("proxyType", .string(type.rawValue)),
            ("ipAddressIds", isWhole ? nil : .array(ips.map(JSON.string))),
            ("orderIds", isWhole ? [.string(orderID)] : nil),
            ("rentPeriodDays", .int(days)),
            ("promoCode", promoCode.map(JSON.string)),
            ("autoExtend", autoExtend.map(JSON.bool)),
        ])
    }
}

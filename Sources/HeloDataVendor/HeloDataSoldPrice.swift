import ExactJSON
import Purchasing
import VendorHTTP

/// What a unit cost in a sale.
///
/// Documented (/api-reference/orders): `details.price_per_gb` of a sale of traffic, in the currency of `total_usd`. A sale
/// of ISP IPs has only `total_usd`, which is divided by IPs and months; a quotient that is not exact is no price.
enum HeloDataSoldPrice {
    /// Nil when the order's answer does not tell. A price of zero is none: nothing is bought on it.
    static func of(_ order: Order) -> UnitPrice? {
        switch order.request.shape {
        case .residential, .mobileByGB: (told(in: order) ?? perGB(order)).map { UnitPrice($0, per: .gb) }
        case .isp: perIPMonth(order).map { UnitPrice($0, per: .ipMonth) }
        case .mobileByIP, .ipv4, .ipv6: nil
        }
    }

    private static func told(in order: Order) -> Money? {
        guard let price = order.vendorDetails?["details"]?["price_per_gb"]?.exactAmount(), price > .zero else {
            return nil
        }
        return Money(price)
    }

    private static func perGB(_ order: Order) -> Money? {
        guard let total = charged(order), let gb = order.request.gb else { return nil }
        return total.amount.divided(exactlyBy: gb).map { Money($0, currency: total.currency) }
    }

    private static func perIPMonth(_ order: Order) -> Money? {
        guard let total = charged(order), let quantity = order.request.quantity,
            let months = order.request.rental?.wholeMonths
        else { return nil }
        let (count, overflows) = quantity.multipliedReportingOverflow(by: months)
        guard !overflows else { return nil }
        return total.amount.divided(exactlyBy: count).map { Money($0, currency: total.currency) }
    }

    /// What the vendor itself said that it charged; a quoted price, or a person's word, is no evidence of a price.
    private static func charged(_ order: Order) -> Money? {
        guard order.totalSource == .vendor, let total = order.total, total.amount > .zero else { return nil }
        return total
    }
}

import Purchasing

/// What HeloData sells (/api-reference/orders): traffic by the GB, and batches of ISP IPs by the month.
enum HeloDataOffer {
    /// How many IPs one order may have (/api-reference/orders).
    static let quantities = 5...5000

    static let all = [
        ProductOffer(.residential, required: [.gb], unused: [.goal]),
        ProductOffer(.mobileByGB, required: [.gb], unused: [.goal]),
        ProductOffer(
            .isp, required: [.quantity, .months, .country], optional: [.city, .asn, .subuser], unused: [.goal],
            quantities: quantities, rental: .months, tellsStock: true),
    ]
}

extension HeloDataSettings.Prices {
    /// The configured price of one unit of a product.
    func unitPrice(of shape: ProductShape) -> UnitPrice? {
        switch shape {
        case .residential: residentialGB.map { UnitPrice(Money($0), per: .gb) }
        case .mobileByGB: mobileGB.map { UnitPrice(Money($0), per: .gb) }
        case .isp: ispIPMonth.map { UnitPrice(Money($0), per: .ipMonth) }
        case .mobileByIP, .ipv4, .ipv6: nil
        }
    }
}

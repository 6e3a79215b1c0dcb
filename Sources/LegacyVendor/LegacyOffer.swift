import Purchasing

/// What the vendor sells (/api-reference/create-an-order): IPv4, IPv6, mobile and ISP addresses by the day. Each is priced
/// before it is bought (/price-calculation/calculate-an-order); how many there are is told nowhere.
enum LegacyOffer {
    /// - Parameter defaultGoal: the goal of requests that state none; without one each request has to.
    static func all(defaultGoal: String?) -> [ProductOffer] {
        let goal: [RequestField] = [.goal]
        let required: [RequestField] = [.quantity, .months, .country] + (defaultGoal == nil ? goal : [])
        let optional: [RequestField] = [.auth, .promoCode] + (defaultGoal == nil ? [] : goal)
        func offer(_ shape: ProductShape, _ more: [RequestField] = []) -> ProductOffer {
            ProductOffer(
                shape, required: required + more, optional: optional, rental: .days, quotes: true, tellsLists: true)
        }
        return [
            offer(.ipv4), offer(.ipv6, [.proxyProtocol]), offer(.mobileByIP, [.mobileOperator, .rotationSeconds]),
            offer(.isp),
        ]
    }
}

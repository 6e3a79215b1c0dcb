import Foundation

/// Holds goods in a vendor's list against orders. Pure.
enum GoodsMatching {
    /// How far before the send goods may have started, for clocks that differ.
    static let clockTolerance = Duration.seconds(120)
    /// How far the length of a rent may differ: legacy's rents may end near midnight of the last day.
    private static let rentTolerance: TimeInterval = 86_400 * 1.5

    /// Whether goods can be those of an order that was sent at an instant: everything that must agree is told and agrees.
    static func fits(_ goods: Goods, _ request: OrderRequest, sentAt: Date) -> Bool {
        guard goods.shape == request.shape, goods.country == request.country, goods.quantity == request.quantity else {
            return false
        }
        if let asked = request.proxyProtocol, let told = goods.proxyProtocol, asked != told { return false }
        if let asked = request.mobileOperator, let told = goods.mobileOperator,
            asked.caseInsensitiveCompare(told) != .orderedSame
        {
            return false
        }
        if let start = goods.began, start < sentAt.advanced(by: .zero - clockTolerance) { return false }
        return rentFits(goods, request, sentAt: sentAt)
    }

    private static func rentFits(_ goods: Goods, _ request: OrderRequest, sentAt: Date) -> Bool {
        guard let end = goods.endsAt, let rental = request.rental else { return true }
        let start = goods.startsAt ?? sentAt
        let days = rental.asDays
        // A calendar month has 28 to 31 days.
        let slack = Double(days / 30 + days / 360 * 5) * 86_400 + rentTolerance
        return abs(end.timeIntervalSince(start) - Double(days) * 86_400) <= slack
    }

    /// A sale whose goods have not been found yet.
    struct Expectation {
        let orderID: OrderID
        let request: OrderRequest
        let orderNumber: String?
        let sentAt: Date
        /// Goods that were there, and nobody's, before the order was sent.
        let knownBefore: Set<String>
        /// Whether it is a person who said that it was bought, so that its goods have to be beyond doubt.
        var isSought = false
        /// Whether its vendor told that it was sold.
        var isTold = false
    }

    /// Gives unclaimed goods to the sales that expect them: by order number where the list carries it, else to the
    /// earliest sale that they fit.
    static func assign(_ unclaimed: [Goods], to expectations: [Expectation]) -> [OrderID: Goods] {
        var assigned: [OrderID: Goods] = [:]
        var free = unclaimed.sorted { ($0.startsAt ?? .distantFuture, $0.id) < ($1.startsAt ?? .distantFuture, $1.id) }
        func give(_ index: Int, to orderID: OrderID) { assigned[orderID] = free.remove(at: index) }
        for expectation in expectations {
            if let number = expectation.orderNumber, let index = free.firstIndex(where: { $0.orderNumber == number }) {
                give(index, to: expectation.orderID)
            }
        }
        let bySend = expectations.sorted { ($0.sentAt, $0.orderID) < ($1.sentAt, $1.orderID) }
        for expectation in bySend where assigned[expectation.orderID] == nil {
            let index = free.firstIndex { goods in
                !expectation.knownBefore.contains(goods.id)
                    && (goods.orderNumber == nil || expectation.orderNumber == nil)
                    && fits(goods, expectation.request, sentAt: expectation.sentAt)
            }
            if let index { give(index, to: expectation.orderID) }
        }
        return assigned
    }

    /// Whether two requests would give goods that look alike in a list.
    static func looksAlike(_ one: OrderRequest, _ other: OrderRequest) -> Bool {
        one.shape == other.shape && one.country == other.country && one.quantity == other.quantity
    }
}

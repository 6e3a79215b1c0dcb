public import Foundation

/// What is asked of the sums of orders.
public struct StatisticsQuery: Sendable {
    /// Which orders are added up; `before` and `limit` are of no concern.
    public var filter: OrderQuery
    /// By what they are told apart.
    public var groups: [Group]
    /// Where days and months begin.
    public var timeZone: TimeZone
    /// Whether charges of actions are told beside the orders. They are those on orders that pass the filter; its window of
    /// time, and days and months, are of when each action was sent to its vendor.
    public var hasActions: Bool

    /// - Parameters:
    ///   - timeZone: where days and months begin; UTC by default.
    ///   - hasActions: whether charges of actions are told, too; they are by default.
    public init(
        _ filter: OrderQuery = OrderQuery(), by groups: [Group] = [], in timeZone: TimeZone = .gmt,
        withActions hasActions: Bool = true
    ) {
        self.filter = filter
        self.groups = groups
        self.timeZone = timeZone
        self.hasActions = hasActions
    }

    /// What orders are told apart by.
    public enum Group: Sendable, Hashable {
        /// The day or month in which an order was made: `2026-05-28`, `2026-05`.
        case day, month
        case vendor, product, client, country, status
        /// The value of a label.
        case metadata(String)
    }
}

/// The sums of one group of orders in one currency. An order that says no currency is among those in US dollars.
public struct StatisticsRow: Sendable, Hashable {
    /// What the orders have in common, in the order of the query's groups; nil where they have none.
    public let keys: [String?]
    /// ISO 4217.
    public let currency: String
    public var sums: OrderSums

    public init(keys: [String?], currency: String, sums: OrderSums) {
        self.keys = keys
        self.currency = currency
        self.sums = sums
    }
}

/// Orders added up.
public struct OrderSums: Sendable, Hashable {
    /// All of them, whatever became of them.
    public var orders = 0
    /// Those that were sold.
    public var spentOrders = 0
    /// What they cost, as far as it is known.
    public var spent = Millionths.zero
    /// Those of them whose total nobody told, or that no money could be.
    public var unpricedOrders = 0
    /// Those whose outcome is not known.
    public var heldOrders = 0
    /// What those were quoted at, as far as they were.
    public var held = Millionths.zero
    /// Those of them that were not quoted.
    public var unquotedOrders = 0
    /// IPs that were sold.
    public var quantity = 0
    /// Gigabytes that were sold.
    public var gb = Millionths.zero
    /// What came back of what is in `spent`, which stays as it was.
    public var refunded = Millionths.zero
    /// What actions were charged, apart from all of the above.
    public var actions = ActionSums()

    public init() {}

    /// Whether there is neither an order nor a charge.
    public var isEmpty: Bool { orders == 0 && actions.isEmpty }

    /// The sums of two groups that share no order.
    public static func + (left: OrderSums, right: OrderSums) -> OrderSums {
        var sums = OrderSums()
        sums.orders = left.orders + right.orders
        sums.spentOrders = left.spentOrders + right.spentOrders
        sums.spent = left.spent.saturating(plus: right.spent)
        sums.unpricedOrders = left.unpricedOrders + right.unpricedOrders
        sums.heldOrders = left.heldOrders + right.heldOrders
        sums.held = left.held.saturating(plus: right.held)
        sums.unquotedOrders = left.unquotedOrders + right.unquotedOrders
        sums.quantity = left.quantity + right.quantity
        sums.gb = left.gb.saturating(plus: right.gb)
        sums.refunded = left.refunded.saturating(plus: right.refunded)
        sums.actions = left.actions + right.actions
        return sums
    }

    /// Totals from this one on are no money that can be added up: 1,000,000,000.
    public static let tooMuch = Millionths(1_000_000_000_000_000)
}

extension Millionths {
    /// The sum, or the largest number there is: nine thousand orders of a billion each are no reason to stop.
    func saturating(plus other: Millionths) -> Millionths {
        let (sum, overflows) = count.addingReportingOverflow(other.count)
        return Millionths(overflows ? .max : sum)
    }
}

extension Order {
    /// What may have been spent on an order whose outcome is not known: the price that the vendor quoted just before.
    public var held: Money? { moneyState == .maybeSpent ? self.attempts.last?.quotedPrice : nil }
}

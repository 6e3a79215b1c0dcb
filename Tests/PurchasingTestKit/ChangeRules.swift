public import Purchasing

/// What the database of `SQLiteOrderStore` refuses about a change, as rules for a store without a database.
struct ChangeRules {
    let change: OrderChange
    let stored: Order?
    let timeline: [OrderEvent]
    /// What came back of the order before.
    let refunds: [Refund]

    private var order: Order { change.order }

    /// The first rule that the change breaks.
    var fault: String? {
        eventFault ?? attemptFault ?? orderFault ?? refundFault ?? stored.flatMap(settledFault)
    }

    private var eventFault: String? {
        var last = timeline.last
        for event in change.events {
            guard event.orderID == order.id, event.number == (last?.number ?? 0) + 1 else {
                return "an event carries the next number of its order"
            }
            guard event.previous == last?.state else { return "an event starts from the state before it" }
            guard event.isLegal else { return "there is no such step" }
            if case .action = event.type, event.actionID == nil { return "an event of an action says which" }
            last = event
        }
        guard last?.state == order.status, last?.number == order.eventCount else {
            return "an order stands where its last event says"
        }
        return nil
    }

    private var attemptFault: String? {
        guard order.attempts.map(\.number) == Array(1..<(order.attempts.count + 1)) else {
            return "an attempt carries the next number of its order"
        }
        guard Set(order.attempts.map(\.vendor)).count == order.attempts.count else {
            return "an order has one attempt at a vendor"
        }
        for (new, old) in zip(order.attempts, stored?.attempts ?? []) {
            guard new.hasSameIntent(as: old) else { return "every try of an attempt sends the same" }
            guard new.tries >= old.tries, new.isTainted || !old.isTainted else {
                return "what was tried is not forgotten"
            }
        }
        return nil
    }

    private var orderFault: String? {
        guard order.version == change.expectedVersion + 1 else { return "a change counts the version up by one" }
        guard (order.settledAt != nil) == order.status.isSettled else { return "a settled order says when" }
        if order.status == .purchasing, !order.attempts.contains(where: { $0.vendor == order.vendor }) {
            return "nothing is purchased without an attempt that says so"
        }
        let vendorIDs = [order.vendorOrderNumber, order.vendorOrderID, order.batchID].compactMap(\.self)
        guard order.vendor != nil || vendorIDs.isEmpty else { return "a vendor's id needs its vendor" }
        guard order.total.map({ $0.amount >= .zero }) ?? true else { return "nothing costs less than nothing" }
        return nil
    }

    private var refundFault: String? {
        guard let refund = change.refund else {
            return order.refunded == stored?.refunded && order.lastRefund == stored?.lastRefund
                ? nil : "refunds are only ever added"
        }
        guard refund.orderID == order.id, refund.number == refunds.count + 1, order.lastRefund == refund.id else {
            return "a refund carries the next number of its order"
        }
        guard change.events.last?.type == .refundRecorded else { return "a refund is on the timeline of its order" }
        guard order.moneyState == .spent, let total = order.total else { return "only what was spent can come back" }
        let sum = (refunds + [refund]).reduce(0) { $0 + $1.amount.amount.count }
        guard refund.amount.amount > .zero, refund.amount.currency == total.currency,
            order.refunded == Money(Millionths(sum), currency: total.currency), sum <= total.amount.count
        else { return "refunds come to what their order says" }
        return nil
    }

    private func settledFault(_ stored: Order) -> String? {
        guard stored.status.isSettled else { return nil }
        let isUnchanged =
            stored.status == order.status && stored.settledAt == order.settledAt && stored.vendor == order.vendor
            && stored.vendorOrderNumber == order.vendorOrderNumber && stored.vendorOrderID == order.vendorOrderID
            && stored.batchID == order.batchID && stored.total == order.total
            && stored.totalSource == order.totalSource
        return isUnchanged ? nil : "a settled order never changes its state or its money"
    }
}

extension OrderEvent {
    /// Whether the state machine has this step; a note takes none.
    fileprivate var isLegal: Bool {
        guard let previous else { return number == 1 && type == .state(.pending) && state == .pending }
        guard case .state(let named) = type else { return previous == state }
        return named == state && OrderStatus.legalSteps.contains([previous, state])
    }
}

extension OrderStatus {
    /// Every pair of states that the state machine connects.
    public static let legalSteps: Set<[OrderStatus]> = {
        var steps: Set<[OrderStatus]> = []
        for status in allCases {
            for step in OrderStep.allCases {
                if let next = try? status.after(step) { steps.insert([status, next]) }
            }
        }
        return steps
    }()
}

extension Attempt {
    fileprivate func hasSameIntent(as other: Attempt) -> Bool {
        vendor == other.vendor && vendorKey == other.vendorKey && body == other.body
            && quotedPrice == other.quotedPrice && baseline == other.baseline && startedAt == other.startedAt
    }
}

import ExactJSON
public import Foundation

/// What is known before the vendor is asked about whether an action may go; where nothing is known, it is left to the
/// vendor. Pure.
struct ActionRules {
    let order: Order
    /// Every earlier action on the order.
    let history: [Action]
    let now: Date

    /// HeloData's free replacements after the sale, in days (`/api-reference/orders`).
    static let freeReplacementDays = 14

    /// Why a task may not be done; nil when it may.
    func objection(to task: ActionTask) -> Problem? {
        // While goods are being made ready nothing is done to them: they would have to be followed under another's hands.
        guard order.status == .completed else {
            let goods = order.status.isSettled ? "nothing was bought that it could" : "there are no goods yet to"
            return refuse(.actionNotAllowed, "the order is \(order.status.rawValue); \(goods) act on")
        }
        if order.flags.contains(Order.releasedFlag) {
            return refuse(.actionNotAllowed, "what the order bought was released")
        }
        // HeloData: once in each billing period (`/api-reference/orders`).
        if case .refresh = task, let period, let earlier = done(.refresh, since: period.lowerBound).last {
            return refuse(
                .actionNotAllowed,
                "its IPs were refreshed at \(earlier.createdAt.rfc3339) (\(earlier.id)); a batch can be "
                    + "refreshed once in each billing period, and the next one begins at \(period.upperBound.rfc3339)")
        }
        guard let open = history.first(where: { $0.leavesOpenWhether(task) }) else { return nil }
        return refuse(
            .actionNotAllowed,
            "it is not known whether \(open.id) did this, or gave the goods back, and only a person can decide that; "
                + "nothing is spent on them before an operator has resolved it")
    }

    /// The billing period of goods that are rented by the month; nil where it cannot be known.
    private var period: Range<Date>? {
        guard order.request.rental?.wholeMonths == 1, let sold = soldAt else { return nil }
        var start = sold
        for count in 1..<1200 {
            guard let next = Self.calendar.date(byAdding: .month, value: count, to: sold) else { return nil }
            if next > now { return start..<next }
            start = next
        }
        return nil
    }

    /// When the vendor sold it.
    private var soldAt: Date? { order.attempts.last { $0.outcome == .bought }?.endedAt ?? order.settledAt }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    /// Earlier actions of a kind that were done, or may have been.
    private func done(_ kind: ActionKind, since start: Date) -> [Action] {
        history.filter { action in
            guard action.kind == kind, action.createdAt >= start else { return false }
            switch action.status {
            case .completed, .running, .unknown: return true
            case .pending, .failed: return false
            }
        }
    }

    // MARK: Replacements

    /// How many replacements are free, as far as that is known: any in the first 14 days, unless a refresh has used them up;
    /// then a tenth of the batch in each billing period (`/api-reference/orders`, `/products/overview-2/ip-management`). How
    /// the tenth is rounded is not told, so it is rounded down. Where the vendor told how many are left, it is its count that
    /// holds, less what was done since.
    var freeReplacements: ReplacementAllowance? {
        guard let quantity = order.request.quantity, let sold = soldAt else { return nil }
        let freeUntil = sold.addingTimeInterval(TimeInterval(Self.freeReplacementDays) * 86_400)
        if now < freeUntil {
            guard done(.refresh, since: sold).isEmpty else {
                return ReplacementAllowance(freeUntil: freeUntil, remaining: 0)
            }
            return ReplacementAllowance(freeUntil: freeUntil, remaining: left(of: quantity, since: sold))
        }
        guard let period else { return nil }
        return ReplacementAllowance(
            freeUntil: freeUntil, remaining: left(of: quantity / 10, since: max(period.lowerBound, freeUntil)))
    }

    /// How many of an allowance are left that began at some instant.
    private func left(of allowance: Int, since start: Date) -> Int {
        let used = done(.replace, since: start)
        let told = used.lastIndex { $0.result?[Self.leftName]?.int != nil }
        guard let told, let left = used[told].result?[Self.leftName]?.int else { return max(0, allowance - used.count) }
        // Whatever number the vendor tells, the sum fits.
        return max(0, max(0, left) - (used.count - told - 1))
    }

    /// The member of a replacement's result that has how many free ones the vendor says are left.
    static let leftName = "free_replacements_left"

    private func refuse(_ code: ProblemCode, _ detail: String) -> Problem {
        Problem(code, detail, moneyState: .unchanged, orderID: order.id)
    }
}

/// How many IPs of a batch may be replaced without charge.
public struct ReplacementAllowance: Sendable, Hashable {
    /// Until when the allowance of a new batch holds.
    public let freeUntil: Date
    public let remaining: Int
}

extension Action {
    /// Whether it waits for a person to say whether it did what a task would spend money on, or released the goods.
    fileprivate func leavesOpenWhether(_ task: ActionTask) -> Bool {
        guard self.unknown?.needsReview == true, task.kind.maySpend else { return false }
        return switch (self.request.task, task) {
        case (.renew, .renew), (.release, _): true
        case (.replace(let ip, _), .replace(let other, _)): ActionTask.mayBeOne(ip, other)
        case (.renew, _), (.refresh, _), (.rotatePassword, _), (.replace, _), (.autoRenew, _), (.allow, _),
            (.disallow, _):
            false
        }
    }
}

extension Order {
    /// Marks an order whose goods were given back.
    static let releasedFlag = "released"
}

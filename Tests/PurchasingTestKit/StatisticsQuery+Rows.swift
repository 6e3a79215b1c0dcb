import Foundation
import Purchasing

extension StatisticsQuery {
    /// The rows of some orders that match, and of the actions on orders that do, added up one by one.
    /// - Parameter actions: each with its order.
    func rows(of orders: [Order], _ actions: [(action: Action, order: Order)] = []) -> [StatisticsRow] {
        var rows: [[String?]: OrderSums] = [:]
        for order in orders where filter.matches(order) {
            let currency = order.total?.currency ?? order.held?.currency ?? "USD"
            rows[[currency] + groups.map { key($0, of: order, order.createdAt) }, default: OrderSums()] += order.sums
        }
        var timeless = filter
        timeless.createdAfter = nil
        timeless.createdBefore = nil
        for (action, order) in hasActions ? actions : [] where timeless.matches(order) {
            guard let at = action.startedAt, filter.createdAfter.map({ at >= $0 }) ?? true,
                filter.createdBefore.map({ at < $0 }) ?? true
            else { continue }
            let currency = action.total?.currency ?? action.quotedPrice?.currency ?? "USD"
            rows[[currency] + groups.map { key($0, of: order, at) }, default: OrderSums()].actions += action.sums
        }
        return rows.filter { !$0.value.isEmpty }.map { keys, sums in
            StatisticsRow(keys: Array(keys.dropFirst()), currency: (keys.first ?? nil) ?? "", sums: sums)
        }
    }

    private func key(_ group: Group, of order: Order, _ at: Date) -> String? {
        switch group {
        case .day: day(at, "yyyy-MM-dd")
        case .month: day(at, "yyyy-MM")
        case .vendor: order.vendor
        case .product: order.request.product.rawValue
        case .client: order.client
        case .country: order.request.country?.alpha2
        case .status: order.status.rawValue
        case .metadata(let name): order.request.metadata.first { $0.name == name }?.value
        }
    }

    private func day(_ at: Date, _ format: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = timeZone
        formatter.dateFormat = format
        return formatter.string(from: at)
    }
}

extension Order {
    fileprivate var sums: OrderSums {
        var sums = OrderSums()
        sums.orders = 1
        switch moneyState {
        case .spent:
            let total = self.total.flatMap { $0.amount < OrderSums.tooMuch ? $0.amount : nil }
            sums.spentOrders = 1
            sums.spent = total ?? .zero
            sums.unpricedOrders = total == nil ? 1 : 0
            sums.quantity = self.request.quantity ?? 0
            sums.gb = self.request.gb ?? .zero
            sums.refunded = total == nil ? .zero : self.refunded?.amount ?? .zero
        case .maybeSpent:
            let quoted = held.flatMap { $0.amount < OrderSums.tooMuch ? $0.amount : nil }
            sums.heldOrders = 1
            sums.held = quoted ?? .zero
            sums.unquotedOrders = quoted == nil ? 1 : 0
        case .notSpent, .unchanged: break
        }
        return sums
    }
}

extension OrderSums {
    fileprivate static func += (left: inout OrderSums, right: OrderSums) { left = left + right }
}

extension ActionSums {
    fileprivate static func += (left: inout ActionSums, right: ActionSums) { left = left + right }
}

extension Action {
    fileprivate var sums: ActionSums {
        var sums = ActionSums()
        let money = { (amount: Money?) in amount.flatMap { $0.amount < OrderSums.tooMuch ? $0.amount : nil } }
        switch moneyState {
        case .spent:
            sums.spentActions = 1
            sums.spent = money(self.total) ?? .zero
            sums.unpricedActions = money(self.total) == nil ? 1 : 0
        case .maybeSpent:
            sums.heldActions = 1
            sums.held = money(self.quotedPrice) ?? .zero
            sums.unquotedActions = money(self.quotedPrice) == nil ? 1 : 0
        case .notSpent, .unchanged: break
        }
        return sums
    }
}

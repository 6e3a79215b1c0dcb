import Foundation
import Purchasing

extension StatisticsQuery {
    /// The rows of some orders, added up one by one.
    func rows(of orders: [Order]) -> [StatisticsRow] {
        let keyed = Dictionary(grouping: orders) { order in
            [order.total?.currency ?? order.held?.currency ?? "USD"] + groups.map { key($0, of: order) }
        }
        return keyed.map { keys, orders in
            StatisticsRow(
                keys: Array(keys.dropFirst()), currency: (keys.first ?? nil) ?? "",
                sums: orders.map(\.sums).reduce(OrderSums(), +))
        }
    }

    private func key(_ group: Group, of order: Order) -> String? {
        switch group {
        case .day: day(order, "yyyy-MM-dd")
        case .month: day(order, "yyyy-MM")
        case .vendor: order.vendor
        case .product: order.request.product.rawValue
        case .client: order.client
        case .country: order.request.country?.alpha2
        case .status: order.status.rawValue
        case .metadata(let name): order.request.metadata.first { $0.name == name }?.value
        }
    }

    private func day(_ order: Order, _ format: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = timeZone
        formatter.dateFormat = format
        return formatter.string(from: order.createdAt)
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

import Foundation
import Synchronization

/// The unit prices that a vendor charged last, by product.
final class LastPrices: Sendable {
    struct Seen: Sendable {
        let price: UnitPrice
        let at: Date
    }

    private let prices = Mutex<[ProductShape: Seen]>([:])

    subscript(shape: ProductShape) -> Seen? { prices.withLock { $0[shape] } }

    /// Notes what an order says of its product's unit price, unless a later order has said something.
    func learn(from order: Order, _ adapter: any VendorAdapter) {
        guard let price = adapter.soldPrice(in: order) else { return }
        prices.withLock { prices in
            if let seen = prices[order.request.shape], seen.at > order.createdAt { return }
            prices[order.request.shape] = Seen(price: price, at: order.createdAt)
        }
    }
}

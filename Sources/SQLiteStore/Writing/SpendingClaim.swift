import Foundation
import Purchasing

/// What a row asks of its client's budget.
struct SpendingClaim: Sendable {
    /// Whose budget it is.
    let client: String
    /// When it was made, which says in which period it counts.
    let at: Date
    /// The price that it would hold; nil where none is known, or none is held yet.
    let price: Money?

    init(_ order: Order) {
        client = order.client
        at = order.createdAt
        price = order.status == .purchasing ? order.currentAttempt?.quotedPrice : nil
    }

    /// - Parameter owner: the client whose order it is on.
    init(_ action: Action, owner: String) {
        client = owner
        at = action.createdAt
        price = action.quotedPrice
    }
}

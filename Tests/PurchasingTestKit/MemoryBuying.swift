import Foundation
import Purchasing

/// Whether buying goes on, as a store without a disk keeps it.
struct MemoryBuying {
    /// The oldest first.
    private var changes: [BuyingChange] = []

    mutating func change(reason: String?, by: String, requestID: String, at: Date) -> BuyingChange? {
        let change = BuyingChange.following(changes.last, reason: reason, by: by, requestID: requestID, at: at)
        if let change { changes.append(change) }
        return changes.last
    }

    func newest(_ limit: Int) -> [BuyingChange] { Array(changes.reversed().prefix(limit)) }

    /// Why a change may not be made now.
    func bar(_ change: OrderChange, over order: Order?, _ action: Action?) -> SpendingBar? {
        guard let pause = changes.last, pause.isPaused else { return nil }
        let isNew = order == nil || change.order.status == .purchasing && order?.status != .purchasing
        let isNewAction = change.action.map { next in
            next.kind.maySpend && (action == nil || next.status == .running && action?.status != .running)
        }
        return isNew || isNewAction == true ? .paused(pause) : nil
    }
}

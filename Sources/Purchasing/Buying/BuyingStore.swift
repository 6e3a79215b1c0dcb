public import Foundation

/// Where it is kept whether buying goes on.
///
/// While it is paused the store itself refuses, in the very transaction, every new order, every new action that may be
/// charged, and every dispatch of either: `StoreError.barred`. Everything else is stored as ever.
public protocol BuyingStore: Sendable {
    /// Stops buying, or lets it go on, from this commit on; keeps who said so, and why. What changes nothing is not kept.
    /// - Parameter reason: why buying is paused; nil to let it go on.
    /// - Returns: the change that stands; nil when buying was never paused.
    func changeBuying(reason: String?, by: String, requestID: String, at: Date) async throws(StoreError)
        -> BuyingChange?

    /// The newest changes, the newest first.
    func buyingChanges(limit: Int) async throws(StoreError) -> [BuyingChange]
}

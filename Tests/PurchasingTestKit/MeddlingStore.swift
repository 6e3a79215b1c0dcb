public import Purchasing

/// A store where something happens right before a commit: somebody else changes the order first, or the database refuses
/// the change.
public final class MeddlingStore: StoreInFront {
    /// What happens before a commit, with the store behind; what it throws, the commit throws.
    public typealias Meddling = @Sendable (OrderChange, any OrderStore) async throws(StoreError) -> Void

    public let store: any OrderStore
    private let meddle: Meddling

    public init(_ store: any OrderStore, before meddle: @escaping Meddling) {
        self.store = store
        self.meddle = meddle
    }

    public func commit(_ change: OrderChange) async throws(StoreError) {
        try await meddle(change, store)
        try await store.commit(change)
    }

    public func accept(refund change: OrderChange) async throws(StoreError) -> RefundAcceptance {
        try await meddle(change, store)
        return try await store.accept(refund: change)
    }
}

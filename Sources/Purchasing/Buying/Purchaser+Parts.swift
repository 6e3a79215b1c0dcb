/// What buying, deciding and reading share.
extension Purchaser {
    func find(_ key: String, ofClient client: String) async throws(Problem) -> Order? {
        do throws(StoreError) { return try await floor.store.order(client: client, idempotencyKey: key) } catch {
            throw Self.unreadable
        }
    }

    func read(_ id: OrderID) async throws(Problem) -> Order? {
        do throws(StoreError) { return try await floor.store.order(id) } catch { throw Self.unreadable }
    }

    /// A client that has as many orders on their way as it may.
    static let tooMany = Problem(
        .rateLimited, "too many orders and actions of this client are on their way; nothing was stored",
        moneyState: .unchanged, retryAfter: 2)

    /// A new order that could not be stored: nothing was sent.
    static let notStored = Problem(
        .storeUnavailable, "the order could not be made durable, so nothing was sent", retryAfter: 5)

    /// A store that could not be read, or a person's change that could not be stored: what earlier calls did stands.
    static let unreadable = Problem(
        .storeUnavailable, "the store cannot be used now; this call did nothing", moneyState: .unchanged, retryAfter: 5)
}

/// Where actions live, beside the orders that they change.
public protocol ActionStore: Sendable {
    /// Stores a new action with its event, unless the client has used the key already.
    /// - Throws: `StoreError.conflict` when the order has changed since it was read; nothing is stored then, as with any
    ///   other error.
    func accept(action change: OrderChange) async throws(StoreError) -> ActionAcceptance

    /// The action with an id.
    func action(_ id: ActionID) async throws(StoreError) -> Action?

    /// The action that a client asked for with a key.
    func action(client: String, idempotencyKey: String) async throws(StoreError) -> Action?

    /// Every action on an order, oldest first.
    func actions(of order: OrderID) async throws(StoreError) -> [Action]

    /// Every action that is not settled, oldest first.
    func unsettledActions() async throws(StoreError) -> [Action]

    /// A page of actions, newest first.
    func actions(_ query: ActionQuery) async throws(StoreError) -> ActionPage

}

/// What became of a new action.
public enum ActionAcceptance: Sendable {
    case stored
    /// The client has used the key; this is the action that it asked for then, as it stands now.
    case existing(Action)
}

/// Which actions to list; an empty list lets everything through.
public struct ActionQuery: Sendable, Hashable {
    public var statuses: [ActionStatus] = []
    public var kinds: [ActionKind] = []
    /// Only actions on this order.
    public var order: OrderID?
    /// The clients whose orders they are on, whoever asked for them.
    public var clients: [String] = []
    /// Only those that a person has to decide, or only the others; nil for both.
    public var needsReview: Bool?
    /// Only actions older than this one: where the page before ended.
    public var before: ActionID?
    /// At most this many, 1 to 200.
    public var limit = 50

    public init() {}
}

/// A page of actions, newest first.
public struct ActionPage: Sendable {
    public let actions: [Action]
    /// Whether older actions follow.
    public let hasMore: Bool

    public init(actions: [Action], hasMore: Bool) {
        self.actions = actions
        self.hasMore = hasMore
    }
}

/// What actions on orders were charged, added up: renewals, and replacements that cost something.
///
/// A charge counts where the action was sent to its vendor, which may be months after its order was made.
public struct ActionSums: Sendable, Hashable {
    /// Those that were charged.
    public var spentActions = 0
    /// What they cost, as far as it is known.
    public var spent = Millionths.zero
    /// Those of them whose total nobody told, or that no money could be.
    public var unpricedActions = 0
    /// Those that may have been charged: their outcome is not known, or nobody told whether a replacement was free.
    public var heldActions = 0
    /// What those were quoted at, as far as they were.
    public var held = Millionths.zero
    /// Those of them that were not quoted.
    public var unquotedActions = 0

    public init() {}

    /// Whether nothing was charged, nor may have been.
    public var isEmpty: Bool { spentActions == 0 && heldActions == 0 }

    /// The sums of two groups that share no action.
    public static func + (left: ActionSums, right: ActionSums) -> ActionSums {
        var sums = ActionSums()
        sums.spentActions = left.spentActions + right.spentActions
        sums.spent = left.spent.saturating(plus: right.spent)
        sums.unpricedActions = left.unpricedActions + right.unpricedActions
        sums.heldActions = left.heldActions + right.heldActions
        sums.held = left.held.saturating(plus: right.held)
        sums.unquotedActions = left.unquotedActions + right.unquotedActions
        return sums
    }
}

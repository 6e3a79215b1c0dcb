/// An id of a vendor's that a person says is an order's.
public struct ClaimedID: Sendable, Hashable {
    /// The vendor's id of an order or of a batch.
    public let id: String
    /// Whether the vendor's order numbers are ids of the same kind, so that another order may have it as its number.
    public let isNumber: Bool

    public init(id: String, isNumber: Bool) {
        self.id = id
        self.isNumber = isNumber
    }
}

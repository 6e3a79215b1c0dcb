/// All orders that match a query as they stood at one instant, read piece by piece while orders go on.
///
/// A piece is a short read of its own, so a view that is read for an hour holds nothing up: what changes meanwhile is kept
/// aside, as it was, until the view is let go. One reader at a time.
public protocol OrderView: AnyObject, Sendable {
    /// The next orders, newest first, each as it was when the view began: at most 200, sometimes none; nil behind the last.
    /// - Throws: `StoreError.unavailable` also when so much has changed since that the view could not be kept.
    func next() async throws(StoreError) -> [Order]?
}

public import Foundation

/// An operator's word that buying stops, or goes on: one row of a list that is only added to. The newest one stands.
public struct BuyingChange: Sendable, Hashable {
    /// Counts the changes of a store, from 1.
    public let number: Int
    public let isPaused: Bool
    /// Why it was paused; nil where it goes on.
    public let reason: String?
    /// Since when nothing is bought; nil where buying goes on. A pause with another reason keeps the time of the first.
    public let since: Date?
    /// Who said so.
    public let by: String
    /// The request id of the call that said so.
    public let requestID: String
    public let at: Date

    public init(
        number: Int, isPaused: Bool, reason: String?, since: Date?, by: String, requestID: String, at: Date
    ) {
        self.number = number
        self.isPaused = isPaused
        self.reason = reason
        self.since = since
        self.by = by
        self.requestID = requestID
        self.at = at
    }

    /// A change that follows another, or is the first; nil where it would change nothing: a pause by the same person for
    /// the same reason, or a word to go on while nothing is paused.
    /// - Parameter reason: why buying is paused; nil to let it go on.
    public static func following(
        _ last: BuyingChange?, reason: String?, by: String, requestID: String, at: Date
    ) -> BuyingChange? {
        let number = (last?.number ?? 0) + 1
        let pause = last?.isPaused == true ? last : nil
        guard let reason else {
            return pause.map { _ in
                BuyingChange(
                    number: number, isPaused: false, reason: nil, since: nil, by: by, requestID: requestID, at: at)
            }
        }
        if let pause, pause.reason == reason, pause.by == by { return nil }
        return BuyingChange(
            number: number, isPaused: true, reason: reason, since: pause?.since ?? at, by: by, requestID: requestID,
            at: at)
    }

    /// The pause, for those who are not sold anything because of it.
    var words: String {
        "buying is paused: \(reason ?? "") (\(by), since \((since ?? at).rfc3339))"
    }
}

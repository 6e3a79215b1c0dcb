/// Which events a receiver is sent.
public struct WebhookFilter: Sendable, Hashable {
    /// Types such as `order.completed`, or families such as `order.*`; empty for all.
    public var events: [String]
    /// Clients whose orders are told of; empty for all.
    public var clients: [String]

    public init(events: [String] = [], clients: [String] = []) {
        self.events = events
        self.clients = clients
    }

    /// Everything.
    public static let everything = "*"

    /// What the outbox looks for: `*`, or each type and family once.
    public var patterns: [String] {
        events.isEmpty || events.contains(Self.everything) ? [Self.everything] : Array(Set(events)).sorted()
    }

    /// Whether an event is one of those.
    public func wants(_ type: OrderEvent.Kind, of client: String) -> Bool {
        let found = patterns.contains { [Self.everything, Self.family(of: type.text), type.text].contains($0) }
        return found && (clients.isEmpty || clients.contains(client))
    }

    /// Whether a text is a type that there is, a family of them, or `*`.
    public static func isPattern(_ text: String) -> Bool {
        text == everything || families.contains(text) || OrderEvent.Kind(text: text) != nil
    }

    /// Every family, such as `order.*`.
    public static let families = Set(OrderEvent.Kind.allCases.map { family(of: $0.text) })

    private static func family(of type: String) -> String { type.prefix { $0 != "." } + ".*" }
}

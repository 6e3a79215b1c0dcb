import ExactJSON

/// One thing about the goods of a sale that is worth an event, once in the life of an order.
struct GoodsFinding {
    /// `short`, `more_than_ordered`, `substituted`, `overdue`, `undocumented_state`; of goods that a person said were bought:
    /// `named_goods_not_listed`, `named_goods_do_not_fit`, `named_goods_claimed`, `named_goods_contested`,
    /// `goods_not_named`.
    let cause: String
    /// The vendor's word for a state that no document has.
    var state: String?
    /// The vendor's id that a person named.
    var named: String?
    /// The ids of goods that may be the order's.
    var candidates: [String]?
    /// What was found, and what can be done about it, for a person. Two findings may be the same in other words.
    var detail: String?

    init(
        _ cause: String, state: String? = nil, named: String? = nil, candidates: [String]? = nil, detail: String? = nil
    ) {
        self.cause = cause
        self.state = state
        self.named = named
        self.candidates = candidates
        self.detail = detail
    }

    /// What an event on a timeline tells.
    init?(_ event: OrderEvent) {
        guard event.type == .evidenceRead else { return nil }
        self.init(
            event.cause, state: event.data["state"]?.string, named: event.data["vendor_order_id"]?.string,
            candidates: event.data["candidates"]?.array?.compactMap(\.string), detail: event.data["detail"]?.string)
    }

    /// What the event says of it.
    var facts: [(String, JSON?)] {
        [
            ("state", state.map(JSON.string)), ("vendor_order_id", named.map(JSON.string)),
            ("candidates", candidates.map { .array($0.map(JSON.string)) }), ("detail", detail.map(JSON.string)),
        ]
    }
}

extension GoodsFinding: Hashable {
    /// Of goods that were named the name says which finding it is, else what could be named.
    private var identity: [String?] { [cause, state, named] + (named == nil ? candidates ?? [] : []) }

    static func == (one: GoodsFinding, other: GoodsFinding) -> Bool { one.identity == other.identity }

    func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}

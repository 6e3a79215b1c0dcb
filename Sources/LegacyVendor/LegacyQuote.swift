import Purchasing

/// What came of asking `calculate/order` (/api-reference/price-calculation/calculate-an-order) or `calculate/extend`
/// (/api-reference/price-calculation/extend-by-ips), for a quote, a purchase and a renewal alike.
enum LegacyQuote: Sendable, Hashable {
    /// The order may be made; the balance is that of the account as it stands.
    case ready(price: Money, balance: Money?)
    /// The order would not be made; the price where one is told all the same.
    case refused(Refusal, price: Money?)
    /// Nothing is known. `retryAfter` is what the vendor told.
    case unavailable(reason: String, retryAfter: Duration?)

    /// The answer could not be read as a quote.
    static let unreadable = LegacyQuote.unavailable(reason: "unreadable_quote", retryAfter: nil)

    /// A call that brought no quote.
    init(_ error: VendorError) {
        switch error {
        case .unavailable(let reason): self = .unavailable(reason: reason, retryAfter: nil)
        case .rateLimited(let retryAfter): self = .unavailable(reason: "rate_limited", retryAfter: retryAfter)
        case .authFailed: self = .refused(Refusal(.authFailed), price: nil)
        case .unreadable(let reason): self = .unavailable(reason: reason, retryAfter: nil)
        case .refused(let code, _): self = .unavailable(reason: code ?? "refused", retryAfter: nil)
        }
    }

    /// For whoever only asks.
    var answer: VendorQuote {
        switch self {
        case .ready(let price, _): .priced(price)
        case .refused(let refusal, let price): .refused(refusal, price: price)
        case .unavailable(let reason, let retryAfter): .unavailable(reason: reason, retryAfter: retryAfter)
        }
    }

    /// For an action that would be refused, or that could not be asked about; `baseline` is that of one that may go.
    func preparation(baseline: GoodsCondition) -> ActionPreparation {
        switch self {
        case .ready(let price, _): .ready(price: price, baseline: baseline)
        case .refused(let refusal, _): .refused(refusal)
        case .unavailable(let reason, let retryAfter): .unavailable(reason: reason, retryAfter: retryAfter)
        }
    }

    /// For a purchase; the goods of the baseline are not known yet.
    var preparation: Preparation {
        switch self {
        case .ready(let price, let balance): .ready(price: price, baseline: Baseline(balance: balance, goods: nil))
        case .refused(let refusal, _): .refused(refusal)
        case .unavailable(let reason, let retryAfter): .unavailable(reason: reason, retryAfter: retryAfter)
        }
    }
}

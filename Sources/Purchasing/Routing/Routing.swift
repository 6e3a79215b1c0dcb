public import Foundation

/// How the vendor of an order was chosen, kept with the order.
public struct Routing: Sendable, Hashable {
    public let policy: Policy
    /// Every configured vendor that was looked at, in the order in which they are tried.
    public var candidates: [Candidate]

    public init(policy: Policy, candidates: [Candidate]) {
        self.policy = policy
        self.candidates = candidates
    }

    /// The vendor that is being tried or that sold the order.
    public var chosen: String? { candidates.first(where: \.isChosen)?.vendor }

    /// How vendors are put in order.
    public enum Policy: String, Sendable, Hashable {
        /// The caller named the vendor.
        case explicit
        /// The vendor that sells it at the lowest total.
        case cheapest
        /// The first configured vendor that can sell it.
        case priority

        init(_ policy: RoutingRules.Policy) {
            switch policy {
            case .cheapest: self = .cheapest
            case .priority: self = .priority
            }
        }
    }

    /// One vendor's part in the choice.
    public struct Candidate: Sendable, Hashable {
        public let vendor: String
        /// The price known before buying.
        public var price: Money?
        /// Who told that price, and when.
        public var priceSource: PriceSource?
        public var priceAsOf: Date?
        /// Why no price could be known when the vendor was asked.
        public var unpriced: String?
        public var isChosen = false
        /// Why it was not, or is no longer, taken; nil while it may be.
        public var ruledOut: String?
        /// Fields of the request that this vendor has no use for.
        public var unused: [String]

        public init(
            vendor: String, price: Money? = nil, priceSource: PriceSource? = nil, priceAsOf: Date? = nil,
            isChosen: Bool = false, ruledOut: String? = nil, unused: [String] = []
        ) {
            self.vendor = vendor
            self.price = price
            self.priceSource = priceSource
            self.priceAsOf = priceAsOf
            self.isChosen = isChosen
            self.ruledOut = ruledOut
            self.unused = unused
        }
    }
}

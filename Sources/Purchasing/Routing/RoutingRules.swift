/// How `auto` chooses among the configured vendors; every value comes from the configuration.
public struct RoutingRules: Sendable, Hashable {
    /// The rule for products that have none of their own.
    public var standard: Rule
    /// Rules of single products.
    public var products: [Product: Rule]

    /// One rule.
    public struct Rule: Sendable, Hashable {
        public var policy: Policy
        /// Vendors by name, first choice first; those that are left out follow as they are configured.
        public var order: [String]

        public init(_ policy: Policy = .cheapest, order: [String] = []) {
            self.policy = policy
            self.order = order
        }
    }

    /// How vendors are put in order.
    public enum Policy: String, Sendable, Hashable, CaseIterable {
        /// By what the request would cost; where that is the same, or not known, by the rule's order.
        case cheapest
        /// By the rule's order alone.
        case priority
    }

    public init(_ standard: Rule = Rule(), products: [Product: Rule] = [:]) {
        self.standard = standard
        self.products = products
    }

    /// The rule for a product.
    public func rule(for product: Product) -> Rule { products[product] ?? standard }
}

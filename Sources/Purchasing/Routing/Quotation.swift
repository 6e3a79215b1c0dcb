import Foundation

/// What an order would cost at each vendor, and what would be chosen now; nothing is bought.
public struct Quotation: Sendable, Hashable {
    /// How the vendor would be chosen.
    public let policy: Routing.Policy
    /// The vendor that would be tried first; nil when none could be taken.
    public let chosen: String?
    /// A line for each configured vendor, cheapest first; those without a price last.
    public let lines: [Line]

    /// One vendor's line.
    public struct Line: Sendable, Hashable {
        public let vendor: String
        /// The price; nil when none can be known, and then `reason` says why.
        public let price: VendorPrice?
        /// Why no price can be known.
        public let reason: String?
        /// Why the vendor would not be taken; nil while it may be.
        public let ruledOut: String?
        /// Fields of the request that this vendor has no use for.
        public let unused: [String]
    }
}

extension RoutingDesk {
    /// How old a reading of stock may be that a quote, or the choice among vendors, goes by.
    static let quoteAge = Duration.seconds(5)
    /// How old one may be that a ceiling is held against just before dispatch; many orders cause one call a second.
    static let ceilingAge = Duration.seconds(1)

    /// What a request would cost at each vendor that could sell it.
    /// - Throws: `Problem` `invalid_request` when the request names a vendor that is not configured.
    func quotation(for request: OrderRequest, traceparent: String?) async throws(Problem) -> Quotation {
        if case .named(let name) = request.vendor, !vendors.contains(where: { $0.name == name }) {
            _ = try router(for: request).route(request)
        }
        let context = CallContext(orderID: nil, traceparent: traceparent)
        let before = router(for: request)
        let asked = before.options.filter {
            $0.isEnabled && $0.objections.isEmpty && $0.rest == nil && $0.pricing == nil
        }
        let told = await ask(
            asked.map(\.name), request, notBefore: timepiece.now().advanced(by: .zero - Self.quoteAge), context: context
        )
        return Self.quotation(for: request, router(for: request, told: told))
    }

    private static func quotation(for request: OrderRequest, _ router: VendorRouter) -> Quotation {
        let ruledOut = router.ruledOut(request)
        let lines = VendorRouter.byPrice(router.options, for: request).map { option in
            Quotation.Line(
                vendor: option.name, price: option.pricing?.price, reason: option.reason,
                ruledOut: ruledOut[option.name], unused: option.unused)
        }
        let policy: Routing.Policy = request.vendor == .auto ? .init(router.policy) : .explicit
        var chosen: String?
        do { chosen = try router.route(request).candidates.first { $0.ruledOut == nil }?.vendor } catch { chosen = nil }
        return Quotation(policy: policy, chosen: chosen, lines: lines)
    }
}

extension VendorRouter.Option {
    /// Why there is no price.
    fileprivate var reason: String? {
        switch pricing {
        case .priced: nil
        case .refused(let refusal, let price): price == nil ? OrderProblem.words(for: refusal) : nil
        case .unpriced(let reason, _): reason
        case nil: "it was not asked"
        }
    }
}

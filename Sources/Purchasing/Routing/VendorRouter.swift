/// Chooses vendors for a request. Pure: the same facts give the same decision.
struct VendorRouter {
    /// What is known of one configured vendor when a request is routed.
    struct Option {
        let name: String
        let isEnabled: Bool
        let objections: [Fault]
        let unused: [String]
        /// Its account's balance where that is below zero; nil elsewhere.
        var overdrawn: Money?
        /// What it would cost there; nil when the vendor has to be asked and was not yet.
        var pricing: Pricing?
        /// How long its open circuit still rests, in seconds; nil when it is closed.
        let rest: Int?
    }

    /// Why a vendor cannot be taken, worst first: the first reason of a vendor is the one that is told.
    private enum Obstacle {
        case disabled
        case cannotSell([Fault])
        case overdrawn(Money)
        case refused(Refusal)
        case aboveLimit(Money)
        case priceUnknown(String)
        case resting(seconds: Int)
    }

    let policy: RoutingRules.Policy
    /// Every vendor, in the order of the rule.
    let options: [Option]

    /// Chooses for a request.
    ///
    /// Where the choice goes by price and some vendor has not told its own yet, none is chosen: the candidates that are not
    /// ruled out have to be asked first.
    /// - Throws: `Problem` when no vendor can be taken.
    func route(_ request: OrderRequest) throws(Problem) -> Routing {
        switch request.vendor {
        case .auto: try choose(request)
        case .named(let name): try take(name, for: request)
        }
    }

    private func take(_ name: String, for request: OrderRequest) throws(Problem) -> Routing {
        guard let option = options.first(where: { $0.name == name }) else {
            let names = options.map(\.name).joined(separator: ", ")
            throw Self.invalid([
                Fault(.pointer("/vendor"), "unknown_vendor", "configured vendors are \(names), or auto")
            ])
        }
        if let obstacle = obstacle(to: request, at: option) {
            throw Self.problem(of: obstacle, at: name, request)
        }
        return Routing(policy: .explicit, candidates: [candidate(option, isChosen: true)])
    }

    private func choose(_ request: OrderRequest) throws(Problem) -> Routing {
        let judged = options.map { (option: $0, obstacle: obstacle(to: request, at: $0)) }
        let open = judged.filter { $0.obstacle == nil }.map(\.option)
        let ruledOut = judged.compactMap { option, obstacle in obstacle.map { (option, $0) } }
        guard !open.isEmpty else {
            throw Self.problem(of: ruledOut.map { (vendor: $0.name, obstacle: $1) }, request)
        }
        let isSettled = policy == .priority || open.count == 1 || open.allSatisfy { $0.pricing != nil }
        var candidates = ranked(open, for: request).enumerated().map { index, option in
            candidate(option, isChosen: isSettled && index == 0)
        }
        for (option, obstacle) in ruledOut {
            var candidate = candidate(option, isChosen: false)
            candidate.ruledOut = Self.words(for: obstacle)
            candidates.append(candidate)
        }
        if policy == .priority { candidates = inRuleOrder(candidates) }
        return Routing(policy: .init(policy), candidates: candidates)
    }

    private func candidate(_ option: Option, isChosen: Bool) -> Routing.Candidate {
        let price = option.pricing?.price
        var candidate = Routing.Candidate(
            vendor: option.name, price: price?.total, priceSource: price?.source, priceAsOf: price?.asOf,
            isChosen: isChosen, unused: option.unused)
        if case .unpriced(let reason, _) = option.pricing { candidate.unpriced = reason }
        return candidate
    }

    // MARK: Order

    /// Options in the order in which they are tried.
    private func ranked(_ options: [Option], for request: OrderRequest) -> [Option] {
        switch policy {
        case .priority: options
        case .cheapest: Self.byPrice(options, for: request)
        }
    }

    /// Cheapest first; then those that seem to have too few, then those without a price. Equal ones keep their order.
    static func byPrice(_ options: [Option], for request: OrderRequest) -> [Option] {
        let keys = options.enumerated().map { index, option in
            (rank: rank(option, request), total: option.pricing?.price?.total.amount ?? .zero, index: index)
        }
        let order = keys.sorted { left, right in
            (left.rank, left.total.count, left.index) < (right.rank, right.total.count, right.index)
        }
        return order.map { options[$0.index] }
    }

    /// 0 where the price counts, 1 where the vendor seems to have too few, 2 where no price can be compared.
    private static func rank(_ option: Option, _ request: OrderRequest) -> Int {
        guard let price = option.pricing?.price, price.total.currency == "USD" else { return 2 }
        if let available = price.available, let quantity = request.quantity, available < quantity { return 1 }
        return 0
    }

    private func inRuleOrder(_ candidates: [Routing.Candidate]) -> [Routing.Candidate] {
        options.compactMap { option in candidates.first { $0.vendor == option.name } }
    }

    // MARK: Obstacles

    private func obstacle(to request: OrderRequest, at option: Option) -> Obstacle? {
        if !option.isEnabled { return .disabled }
        if !option.objections.isEmpty { return .cannotSell(option.objections) }
        if let balance = option.overdrawn { return .overdrawn(balance) }
        switch option.pricing {
        case .refused(let refusal, _): return .refused(refusal)
        case .priced(let price):
            if let limit = request.maxTotal, price.total.exceeds(limit) != false { return .aboveLimit(price.total) }
            if let reason = Self.doubt(about: option.pricing, for: request) { return .priceUnknown(reason) }
        case .unpriced(_, retryable: false):
            if let reason = Self.doubt(about: option.pricing, for: request) { return .priceUnknown(reason) }
        case .unpriced(_, retryable: true), nil: break
        }
        return option.rest.map(Obstacle.resting)
    }

    /// Why each vendor that cannot be taken cannot, in words.
    func ruledOut(_ request: OrderRequest) -> [String: String] {
        var words: [String: String] = [:]
        for option in options {
            if let obstacle = obstacle(to: request, at: option) { words[option.name] = Self.words(for: obstacle) }
        }
        return words
    }

    // MARK: Ceilings

    /// Why a request may not be sent at what is known of its price; nil when it may.
    static func problem(with pricing: Pricing, of request: OrderRequest, at vendor: String) -> Problem? {
        guard let limit = request.maxTotal else { return nil }
        if let price = pricing.price, price.total.exceeds(limit) != false {
            return aboveLimit(price.total, request, vendor: vendor)
        }
        return doubt(about: pricing, for: request).map { priceUnknown(vendor: vendor, $0) }
    }

    /// Why a ceiling cannot be held against what is known of a price; nil where it can, and where no ceiling is meant.
    private static func doubt(about pricing: Pricing?, for request: OrderRequest) -> String? {
        guard request.maxTotal != nil, !request.allowUnknownPrice else { return nil }
        switch pricing {
        case .unpriced(let reason, _): return reason
        case .priced(let price): return price.isLeast ? StockPrice.someUntold : nil
        case .refused, nil: return nil
        }
    }

    // MARK: Words and problems

    private static func words(for obstacle: Obstacle) -> String {
        switch obstacle {
        case .disabled: "switched off in the configuration"
        case .cannotSell(let faults): faults.map(\.detail).joined(separator: "; ")
        case .overdrawn(let balance): "its account's balance of \(balance.text) \(balance.currency) is below zero"
        case .refused(let refusal): OrderProblem.words(for: refusal)
        case .aboveLimit(let price): "its price of \(price.text) is above max_total"
        case .priceUnknown(let reason): "its price cannot be known before buying: \(reason)"
        case .resting: "resting after failures"
        }
    }

    private static func problem(of obstacle: Obstacle, at name: String, _ request: OrderRequest) -> Problem {
        switch obstacle {
        case .disabled:
            Self.invalid([
                Fault(.pointer("/vendor"), "vendor_disabled", "\(name) is switched off in the configuration")
            ])
        case .cannotSell(let faults): Self.invalid(faults)
        case .overdrawn(let balance): overdrawn(balance, vendor: name)
        case .refused(let refusal): Problem(OrderProblem(refusal, vendor: name))
        case .aboveLimit(let price): aboveLimit(price, request, vendor: name)
        case .priceUnknown(let reason): priceUnknown(vendor: name, reason)
        case .resting(let seconds): resting([name], seconds: seconds)
        }
    }

    /// The problem when no vendor is left: what would help soonest is told first.
    private static func problem(of obstacles: [(vendor: String, obstacle: Obstacle)], _ request: OrderRequest)
        -> Problem
    {
        var resting: [(vendor: String, seconds: Int)] = []
        for case (let vendor, .resting(let seconds)) in obstacles { resting.append((vendor, seconds)) }
        if let soonest = resting.map(\.seconds).min() {
            return Self.resting(resting.map(\.vendor), seconds: soonest)
        }
        for case (let vendor, .aboveLimit(let price)) in obstacles { return aboveLimit(price, request, vendor: vendor) }
        for case (let vendor, .priceUnknown(let reason)) in obstacles { return priceUnknown(vendor: vendor, reason) }
        for case (let vendor, .overdrawn(let balance)) in obstacles { return overdrawn(balance, vendor: vendor) }
        for case (let vendor, .refused(let refusal)) in obstacles {
            return Problem(OrderProblem(refusal, vendor: vendor))
        }
        let faults = obstacles.flatMap { vendor, obstacle in
            switch obstacle {
            case .cannotSell(let faults): faults.map { Fault(.vendor(vendor), $0.code, $0.detail) }
            default: [Fault(.vendor(vendor), "vendor_disabled", words(for: obstacle))]
            }
        }
        return Problem(.noVendor, "no configured vendor can sell this; errors say why", faults: faults)
    }

    static func invalid(_ faults: [Fault]) -> Problem {
        Problem(
            .invalidRequest, "the request cannot be taken as it is; errors name every fault", moneyState: .unchanged,
            faults: faults)
    }

    static func aboveLimit(_ price: Money, _ request: OrderRequest, vendor: String) -> Problem {
        let limit = request.maxTotal?.text ?? "0.00"
        return Problem(.priceAboveLimit, "\(vendor) asks \(price.text) and max_total is \(limit)")
    }

    static func priceUnknown(vendor: String, _ reason: String) -> Problem {
        Problem(
            .priceUnknown,
            "the price at \(vendor) cannot be known before buying (\(reason)); send allow_unknown_price to buy all the same"
        )
    }

    static func overdrawn(_ balance: Money, vendor: String) -> Problem {
        Problem(
            .insufficientBalance,
            "\(vendor)'s account has a balance of \(balance.text) \(balance.currency); nothing is sent there until it is read at "
                + "zero or above")
    }

    static func resting(_ vendors: [String], seconds: Int) -> Problem {
        Problem(
            .vendorUnavailable, "\(vendors.joined(separator: ", ")): resting after failures; nothing was sent",
            retryAfter: seconds)
    }
}

/// Chooses vendors for a request. Pure: the same facts give the same decision.
struct VendorRouter {
    /// What is known of one configured vendor when a request is routed.
    struct Option {
        let name: String
        let isEnabled: Bool
        let objections: [Fault]
        let unused: [String]
        /// The price that the configuration states.
        let listPrice: Money?
        /// Whether the vendor itself tells the price before it is bought.
        let quotes: Bool
        /// How long its open circuit still rests, in seconds; nil when it is closed.
        let rest: Int?
    }

    /// Why a vendor cannot be taken, worst first: the first reason of a vendor is the one that is told.
    private enum Obstacle {
        case disabled
        case cannotSell([Fault])
        case aboveLimit(Money)
        case priceUnknown
        case resting(seconds: Int)
    }

    /// Every vendor, in the order in which they are tried.
    let options: [Option]

    /// Chooses for a request.
    /// - Throws: `Problem` when no vendor can be taken; nothing is stored then.
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
        switch obstacle(to: request, at: option) {
        case nil: return Routing(policy: .explicit, candidates: [candidate(option, isChosen: true)])
        case .disabled:
            throw Self.invalid([
                Fault(.pointer("/vendor"), "vendor_disabled", "\(name) is switched off in the configuration")
            ])
        case .cannotSell(let faults): throw Self.invalid(faults)
        case .aboveLimit(let price): throw Self.aboveLimit(price, request, vendor: name)
        case .priceUnknown: throw Self.priceUnknown(vendor: name)
        case .resting(let seconds): throw Self.resting([name], seconds: seconds)
        }
    }

    private func choose(_ request: OrderRequest) throws(Problem) -> Routing {
        var candidates: [Routing.Candidate] = []
        var obstacles: [(vendor: String, obstacle: Obstacle)] = []
        for option in options {
            var candidate = candidate(option, isChosen: false)
            if let obstacle = obstacle(to: request, at: option) {
                candidate.ruledOut = Self.words(for: obstacle)
                obstacles.append((option.name, obstacle))
            } else {
                candidate.isChosen = !candidates.contains(where: \.isChosen)
            }
            candidates.append(candidate)
        }
        guard candidates.contains(where: \.isChosen) else { throw Self.problem(of: obstacles, request) }
        return Routing(policy: .priority, candidates: candidates)
    }

    private func candidate(_ option: Option, isChosen: Bool) -> Routing.Candidate {
        .init(vendor: option.name, price: option.listPrice, isChosen: isChosen, unused: option.unused)
    }

    private func obstacle(to request: OrderRequest, at option: Option) -> Obstacle? {
        if !option.isEnabled { return .disabled }
        if !option.objections.isEmpty { return .cannotSell(option.objections) }
        if let limit = request.maxTotal, !option.quotes {
            if let price = option.listPrice, price.exceeds(limit) != false { return .aboveLimit(price) }
            if option.listPrice == nil, !request.allowUnknownPrice { return .priceUnknown }
        }
        return option.rest.map(Obstacle.resting)
    }

    // MARK: Words and problems

    private static func words(for obstacle: Obstacle) -> String {
        switch obstacle {
        case .disabled: "switched off in the configuration"
        case .cannotSell(let faults): faults.map(\.detail).joined(separator: "; ")
        case .aboveLimit(let price): "its price of \(price.text) is above max_total"
        case .priceUnknown: "its price cannot be known before buying"
        case .resting: "resting after failures"
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
        for case (let vendor, .priceUnknown) in obstacles { return priceUnknown(vendor: vendor) }
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

    static func priceUnknown(vendor: String) -> Problem {
        Problem(
            .priceUnknown,
            "the price at \(vendor) cannot be known before buying; send allow_unknown_price to buy all the same")
    }

    static func resting(_ vendors: [String], seconds: Int) -> Problem {
        Problem(
            .vendorUnavailable, "\(vendors.joined(separator: ", ")): resting after failures; nothing was sent",
            retryAfter: seconds)
    }
}

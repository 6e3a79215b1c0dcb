import ExactJSON
import Foundation

/// Choosing by price: the vendors that have to be asked are asked once the order is durable, since many calls with one key
/// are one order.
extension OrderRun {
    /// Asks what the order would cost at each candidate, chooses, and stores why; the order that failed when none can be
    /// taken.
    func compare(_ order: Order) async throws(Interruption) -> Order {
        let open = order.routing.candidates.filter { $0.ruledOut == nil }.map(\.vendor)
        // An order may have waited for a restart since it was made.
        let recent = floor.timepiece.now().advanced(by: .zero - RoutingDesk.quoteAge)
        let told = await floor.desk.ask(
            open, order.request, notBefore: max(order.createdAt, recent),
            context: CallContext(orderID: order.id, traceparent: order.traceparent))
        if Task.isCancelled || floor.jobs.isDraining { throw .draining }
        for name in open { noteAnswer(told[name], of: name) }
        let router = floor.desk.router(for: order.request, told: told)
        let routing: Routing
        do throws(Problem) {
            routing = try router.route(order.request)
        } catch {
            var order = order
            for name in open { order.routing.note(told[name]?.price, for: name) }
            order.routing.ruleOut(router.ruledOut(order.request))
            let problem = OrderProblem(code: error.code, detail: error.detail, vendor: error.vendor)
            return try await fail(order, problem, cause: "no_candidate")
        }
        var change = floor.change(order)
        change.update { $0.routing = routing }
        change.note(.decisionMade, cause: "routed", data: routing.decision)
        return try await record(change)
    }

    /// A vendor that could not be asked counts as any that cannot be reached.
    private func noteAnswer(_ pricing: Pricing?, of name: String) {
        guard let vendor = floor.vendor(name) else { return }
        switch pricing {
        case .unpriced(_, retryable: true): floor.noteFailure(of: vendor)
        case .priced(let price) where price.source == .quote: vendor.circuit.noteAnswer()
        case .refused(let refusal, _): floor.note(refusal, of: vendor)
        case .priced, .unpriced, nil: break
        }
    }

    /// The price that a ceiling is held against, read after the order was accepted and just now; without a ceiling what is
    /// at hand.
    func freshPrice(_ order: Order, _ vendor: Vendor) async throws(Interruption) -> Pricing {
        guard floor.desk.mustAsk(order.request, vendor) else {
            return floor.desk.pricingAtHand(order.request, at: vendor)
        }
        // An order may have waited in its vendor's queue since vendors were compared.
        let recent = floor.timepiece.now().advanced(by: .zero - RoutingDesk.ceilingAge)
        let pricing = await floor.desk.price(
            order.request, at: vendor, notBefore: max(order.createdAt, recent),
            context: CallContext(orderID: order.id, traceparent: order.traceparent))
        if Task.isCancelled || floor.jobs.isDraining { throw .draining }
        return pricing
    }

    /// Why an attempt cannot go on at a price that a vendor quotes by now: what it charges is known by the quote alone, and
    /// an attempt keeps the one that it was made at.
    func changeProblem(_ order: Order, _ pricing: Pricing, at vendor: Vendor) -> Problem? {
        guard let price = pricing.price, price.source == .quote, let quoted = order.currentAttempt?.quotedPrice,
            price.total != quoted
        else { return nil }
        return Problem(
            .vendorUnavailable,
            "\(vendor.name) could not take the order at \(quoted.text), and asks \(price.total.text) by now; nothing was bought"
        )
    }
}

extension Routing {
    /// Notes why vendors are ruled out.
    mutating func ruleOut(_ reasons: [String: String]) {
        for index in candidates.indices {
            if let reason = reasons[candidates[index].vendor] { candidates[index].ruledOut = reason }
        }
    }

    /// What a timeline tells of the choice.
    var decision: JSON {
        .object([
            ("policy", .string(policy.rawValue)), ("chosen", chosen.map(JSON.string)),
            ("candidates", .array(candidates.map(\.decision))),
        ])
    }
}

extension Routing.Candidate {
    fileprivate var decision: JSON {
        .object([
            ("vendor", .string(vendor)), ("price", price?.json),
            ("price_source", priceSource.map { .string($0.rawValue) }), ("unpriced", unpriced.map(JSON.string)),
            ("ruled_out", ruledOut.map(JSON.string)),
        ])
    }
}

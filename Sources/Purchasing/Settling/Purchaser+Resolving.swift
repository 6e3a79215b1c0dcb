import ExactJSON
import Foundation
import Logging

/// What a person decides about an order.
extension Purchaser {
    /// Settles an unknown order by a person's decision; the goods of one that was bought are looked for from then on, by the
    /// vendor's id where the person told it (of the order, or of the batch). While they are not found, it can be told, or
    /// told anew, by a decision that says so again.
    /// - Throws: `Problem` `not_resolvable` when the order is not unknown, nor bought with goods that are still looked for,
    ///   or when a purchase call for it is on its way; `invalid_request` when the vendor's id belongs to another order.
    public func resolve(
        _ id: OrderID, _ resolution: Resolution, by caller: Caller, requestID: String
    ) async throws(Problem) -> Order {
        while true {
            guard let order = try await read(id), caller.maySee(order) else { throw Self.notFound }
            try checkResolvable(order, resolution)
            guard floor.hands.take(order) else {
                throw Problem(
                    .notResolvable, "a call to the vendor is on its way for the order; decide when it has ended",
                    moneyState: order.moneyState, orderID: id, retryAfter: 5)
            }
            defer { floor.hands.release(id) }
            let change = try decided(order, resolution, by: caller, requestID: requestID)
            if let claim = change.claim { try await checkNobodyElse(has: claim, of: order) }
            if let resolved = try await commitOnce(change) {
                if resolved.status == .provisioning { floor.follow(resolved) }
                floor.logger(for: resolved).notice("order resolved", metadata: ["by": "\(caller.name)"])
                return resolved
            }
        }
    }

    /// - Throws: `Problem` `not_resolvable`; `invalid_request` for a total of what was decided before.
    private func checkResolvable(_ order: Order, _ resolution: Resolution) throws(Problem) {
        guard order.status != .unknown else { return }
        guard order.status == .provisioning, order.seeksGoods else {
            throw notResolvable(
                order, "the order is \(order.status.rawValue); only an unknown one can be resolved")
        }
        guard case .bought(let vendorOrderID?, let total) = resolution.outcome else {
            throw notResolvable(
                order,
                "it was decided that the order was bought, and that stands; its goods are still looked for, and can be named "
                    + "with outcome bought and a vendor_order_id")
        }
        guard vendorOrderID != order.vendorOrderID else {
            throw notResolvable(order, "\(vendorOrderID) is what was named already, and its goods are still looked for")
        }
        guard total == nil else {
            let fault = Fault(
                .pointer("/total"), "not_applicable", "what was charged was decided before; only the goods can be named"
            )
            throw VendorRouter.invalid([fault])
        }
    }

    private func notResolvable(_ order: Order, _ detail: String) -> Problem {
        Problem(.notResolvable, detail, moneyState: order.moneyState, orderID: order.id)
    }

    /// The commit looks again; here it can be said whose the id is.
    private func checkNobodyElse(has claim: ClaimedID, of order: Order) async throws(Problem) {
        guard let vendor = order.vendor else { return }
        let owners: [String: Set<OrderID>]
        do throws(StoreError) {
            owners = try await floor.store.owners(of: [claim.id], vendor: vendor, areNumbers: claim.isNumber)
        } catch { throw Self.unreadable }
        guard let owner = owners[claim.id]?.subtracting([order.id]).min() else { return }
        throw Self.claimed(by: owner.text)
    }

    /// What is answered when another order has what a person said is this one's.
    /// - Parameter owner: the other order's id; nil where it is not known.
    static func claimed(by owner: String?) -> Problem {
        let fault = Fault(
            .pointer("/vendor_order_id"), "claimed", "\(owner ?? "another order") has this id of the vendor's already")
        return VendorRouter.invalid([fault])
    }

    private func decided(
        _ order: Order, _ resolution: Resolution, by caller: Caller, requestID: String
    ) throws(Problem) -> OrderChange {
        var change = floor.change(order, requestID: requestID)
        var step: OrderStep?
        var decision: [(String, JSON?)]
        switch resolution.outcome {
        case .bought(let vendorOrderID, let total):
            if order.status == .unknown { step = try decideBought(&change, total: total) }
            if let vendorOrderID {
                let isNumber = floor.vendor(order.vendor)?.adapter.traits.goodsAreBatches ?? false
                change.claim(ClaimedID(id: vendorOrderID, isNumber: isNumber))
            }
            decision = [
                ("outcome", "bought"), ("vendor_order_id", vendorOrderID.map(JSON.string)), ("total", total?.json),
            ]
        case .notBought:
            step = .notBought
            decision = [("outcome", "not_bought")]
            let problem = OrderProblem(
                code: .vendorUnavailable, detail: "a person decided that nothing was bought: \(resolution.reason)")
            change.update { $0.problem = problem }
        }
        decision += [("reason", .string(resolution.reason)), ("by", .string(caller.name))]
        let data = JSON.object(decision)
        change.note(
            .decisionMade, cause: step == nil ? "goods_named" : "resolved", actor: caller.actor, data: data)
        guard let step else { return change }
        do { try change.take(step, cause: "resolved", actor: caller.actor, data: data) } catch {
            throw notResolvable(order, "the order cannot be resolved")
        }
        return change
    }

    /// What is known of an order that a person says was bought.
    /// - Throws: `Problem` `not_resolvable` when its vendor is not configured: its goods could never be found.
    private func decideBought(_ change: inout OrderChange, total: Money?) throws(Problem) -> OrderStep {
        guard let vendor = floor.vendor(change.order.vendor) else {
            let name = change.order.vendor ?? "its vendor"
            throw notResolvable(
                change.order,
                "\(name) is not configured under this name, so that the goods could not be looked for; configure it, "
                    + "disabled if need be, and decide then")
        }
        // What the vendor lists is looked for, as any sale's goods are.
        let isListed = vendor.adapter.traits.listsGoodsOf.contains(change.order.request.shape)
        change.update { order in
            if isListed { order.flag(Order.goodsNotFoundFlag) }
            // Where the person does not say what was charged, it is what the vendor had quoted, if anything.
            order.total = total ?? order.currentAttempt?.quotedPrice
            order.totalSource = order.total.map { _ in total == nil ? .quote : .operator }
        }
        return isListed ? .bought : .boughtReady
    }
}

extension Order {
    /// Flags an order that a person says was bought, as long as its goods are looked for.
    static let goodsNotFoundFlag = "goods_not_found"

    /// Whether a person said that it was bought, and its goods are not found yet.
    var seeksGoods: Bool { self.flags.contains(Self.goodsNotFoundFlag) }

    /// Notes that the goods are found.
    mutating func endSearch() { self.flags.removeAll { $0 == Self.goodsNotFoundFlag } }
}

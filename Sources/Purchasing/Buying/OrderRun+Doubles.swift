import ExactJSON
import Foundation
import Logging

/// A vendor whose idempotency key did not hold cannot be undone, but it must be noticed, and never asked twice again.
extension OrderRun {
    /// Looks for a second purchase after a resend was answered with a sale: goods in the vendor's list that fit the order,
    /// began after it was sent, and belong to nobody.
    func lookForDouble(of order: Order, at vendor: Vendor) async {
        guard order.moneyState == .spent, order.batchID != nil, let attempt = order.currentAttempt,
            vendor.adapter.traits.listsGoodsOf.contains(order.request.shape)
        else { return }
        // What began later than the sale was told cannot be its double.
        let end = (attempt.endedAt ?? order.updatedAt).advanced(by: GoodsMatching.clockTolerance)
        do {
            let extra = try await unownedGoods(at: vendor, besides: order).goods.filter { goods in
                goods.clockOffset != nil && goods.began.map { $0 <= end } ?? false
                    && GoodsMatching.fits(goods, order.request, sentAt: attempt.startedAt)
            }
            if !extra.isEmpty { try await report(extra, doubling: order, at: vendor) }
        } catch {
            logger.warning(
                "a resend could not be checked", metadata: ["vendor": "\(vendor.name)", "reason": "\(error)"])
        }
    }

    /// Looks at a sale that may be the second one, and follows it only then: until it was looked at it is not completed, so
    /// that the next start looks at it where this process dies before.
    func lookAndFollow(_ order: Order, at vendor: Vendor) async {
        await lookForDouble(of: order, at: vendor)
        if order.status == .provisioning { floor.follow(order) }
    }

    private func report(_ extra: [Goods], doubling order: Order, at vendor: Vendor) async throws(StoreError) {
        vendor.keyHolds.store(false)
        vendor.saleFlags.note([Order.soldTwiceFlag])
        let ids = extra.map(\.id)
        logger.critical(
            "a resend may have bought twice; the vendor is sent nothing twice from here on",
            metadata: ["vendor": "\(vendor.name)", "goods": "\(ids)"])
        try await noteDouble(of: order.id, data: ["goods": .array(ids.map(JSON.string))])
    }

    /// Stores the flag that every later start learns it by, whoever changes the order meanwhile; a store that cannot write
    /// is tried until it can, or until the server stops.
    private func noteDouble(of id: OrderID, data: JSON) async throws(StoreError) {
        while true {
            do throws(StoreError) {
                guard let order = try await floor.store.order(id) else { return }
                var change = floor.change(order)
                change.update { $0.flag(Order.soldTwiceFlag) }
                change.note(.decisionMade, cause: Order.soldTwiceFlag, data: data)
                _ = try await floor.commit(change)
                return
            } catch {
                switch error {
                case .conflict: continue
                case .unavailable where !floor.jobs.isDraining && !Task.isCancelled:
                    await floor.timepiece.pauseThroughDrain(.milliseconds(250))
                case .unavailable, .claimed, .refused, .barred: throw error
                }
            }
        }
    }
}

extension Purchaser {
    /// Learns from the stored orders which vendors were seen to sell twice for one key. Nothing is sent to them twice again:
    /// neither time nor a new start is evidence that their keys hold.
    func learnBrokenKeys() async throws(StoreError) {
        let broken = try await floor.store.vendorsSeenToSellTwice()
        for vendor in floor.vendors where vendor.adapter.traits.isIdempotent && broken.contains(vendor.name) {
            vendor.keyHolds.store(false)
            floor.logger.warning(
                "the vendor was seen to sell an order twice, so nothing is sent to it twice",
                metadata: ["vendor": "\(vendor.name)", "flag": "\(Order.soldTwiceFlag)"])
        }
    }
}

extension Order {
    /// Whether its vendor may have sold it more than once: it was sent again with its key after a try that was lost, and
    /// what was sold can be told from a second sale.
    var mayBeDouble: Bool {
        guard let attempt = currentAttempt, moneyState != .notSpent else { return false }
        return attempt.isTainted && attempt.tries > 1 && attempt.vendorKey != nil && self.batchID != nil
    }

    /// Flags an order that its vendor may have sold twice for one key.
    static let soldTwiceFlag = "possible_double_purchase"

    /// Adds a flag, once.
    mutating func flag(_ name: String) {
        if !self.flags.contains(name) { self.flags.append(name) }
    }
}

import ExactJSON
import Foundation
import Logging

/// A vendor whose idempotency key did not hold cannot be undone, but it must be noticed, and never asked twice again.
extension OrderRun {
    /// Looks for a second purchase after a resend was answered with a sale: goods in the vendor's list that fit the order,
    /// began after it was sent, and belong to nobody.
    func lookForDouble(of order: Order, at vendor: Vendor) async {
        guard order.moneyState == .spent, order.batchID != nil, let sentAt = order.currentAttempt?.startedAt,
            vendor.adapter.traits.listsGoodsOf.contains(order.request.shape)
        else { return }
        do {
            let extra = try await unownedGoods(at: vendor, besides: order).goods.filter { goods in
                goods.startsAt != nil && GoodsMatching.fits(goods, order.request, sentAt: sentAt)
            }
            if !extra.isEmpty { try await report(extra, doubling: order, at: vendor) }
        } catch {
            logger.warning(
                "a resend could not be checked", metadata: ["vendor": "\(vendor.name)", "reason": "\(error)"])
        }
    }

    private func report(_ extra: [Goods], doubling order: Order, at vendor: Vendor) async throws(StoreError) {
        vendor.keyHolds.store(false)
        let ids = extra.map(\.id)
        logger.critical(
            "a resend may have bought twice; the vendor is sent nothing twice from here on",
            metadata: ["vendor": "\(vendor.name)", "goods": "\(ids)"])
        var change = floor.change(order)
        change.update { $0.flag("possible_double_purchase") }
        change.note(.decisionMade, cause: "possible_double_purchase", data: ["goods": .array(ids.map(JSON.string))])
        _ = try await floor.commit(change)
    }
}

extension Order {
    /// Adds a flag, once.
    mutating func flag(_ name: String) {
        if !flags.contains(name) { flags.append(name) }
    }
}

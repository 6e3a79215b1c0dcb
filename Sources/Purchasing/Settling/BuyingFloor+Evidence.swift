import Foundation

/// What evidence about an order is held against.
extension BuyingFloor {
    /// The case of an order that may have been sold.
    func evidenceCase(of order: Order, _ attempt: Attempt, _ vendor: Vendor) -> EvidenceCase {
        EvidenceCase(
            request: order.request, sentAt: attempt.startedAt, quotedPrice: attempt.quotedPrice,
            baseline: attempt.baseline, provesAbsence: vendor.adapter.traits.provesAbsence,
            latestStart: latestStart(attempt, vendor, settleTime(of: order, vendor)))
    }

    /// How long evidence is read: as long as the call is listened to, at the least, since a sale may still be told.
    func settleTime(of order: Order, _ vendor: Vendor) -> Duration {
        let reason = order.unknown?.reason ?? order.currentAttempt?.reason
        let listening = reason == "deadline" ? vendor.adapter.traits.listensFor : .zero
        return max(vendor.policy.settleTime, listening)
    }

    /// When goods may have started at the latest: later ones are somebody else's.
    private func latestStart(_ attempt: Attempt, _ vendor: Vendor, _ settleTime: Duration) -> Date {
        let sending =
            vendor.adapter.traits.isIdempotent
            ? min(timepiece.now(), attempt.startedAt.advanced(by: vendor.policy.resendWindow))
            : attempt.startedAt.advanced(by: policy.deadline)
        return sending.advanced(by: settleTime + GoodsMatching.clockTolerance)
    }

    /// The other orders whose goods may still appear. One that waits for a person counts as well: it may be a sale; and so
    /// does one whose call is on its way, or was when the process died, and one whose lost answer is being stored.
    func expectations(at vendor: Vendor, besides order: Order) async throws(StoreError) -> [GoodsMatching
        .Expectation]
    {
        let onTheWay = hands.orders(at: vendor.name)
        let awaiting = try await store.awaitingGoods(vendor: vendor.name)
        let doubtful = try await store.unsettled().filter {
            $0.vendor == vendor.name && $0.moneyState == .maybeSpent
        }
        var expectations: [OrderID: GoodsMatching.Expectation] = [:]
        for order in onTheWay + doubtful + awaiting { expectations[order.id] = GoodsMatching.Expectation(order) }
        for missing in tracker.missingBatches(at: vendor.name) { expectations[missing.orderID] = missing }
        expectations[order.id] = nil
        return Array(expectations.values)
    }
}

import ExactJSON
import Logging

extension Purchaser {
    /// Writes down that money came back for an order, once for each key. The order's status, total and money state stay as
    /// they are, and no budget gets anything back.
    /// - Throws: `Problem` `not_refundable` when the order is not known to have spent money, or nobody told how much,
    ///   `refund_currency_mismatch`, `refund_exceeds_total`, `idempotency_key_reused`; nothing was stored then.
    public func refund(
        _ id: OrderID, _ request: RefundRequest, by caller: Caller, idempotencyKey key: String, requestID: String
    ) async throws(Problem) -> RefundAnswer {
        let fingerprint = request.fingerprint(about: id)
        if let earlier = try await findRefund(key, ofClient: caller.client) {
            return try Self.replay(earlier, fingerprint)
        }
        while true {
            guard let order = try await read(id), caller.maySee(order) else { throw Self.notFound }
            let amount: Money
            do throws(Problem) { amount = try Self.amount(request, of: order) } catch {
                // What left too little may have been this very refund, asked for twice at the same moment.
                guard let earlier = try await findRefund(key, ofClient: caller.client) else { throw error }
                return try Self.replay(earlier, fingerprint)
            }
            let refund = Refund(
                id: floor.ids.next(.refund), orderID: id, number: try await refunds(of: order).count + 1,
                amount: amount, note: request.note,
                vendorReference: request.vendorReference, client: caller.client, by: caller.name, idempotencyKey: key,
                fingerprint: fingerprint, requestID: requestID, at: floor.timepiece.now())
            var change = floor.change(order, requestID: requestID)
            change.add(refund, actor: caller.actor)
            let acceptance: RefundAcceptance
            do throws(StoreError) {
                acceptance = try await floor.store.accept(refund: change)
            } catch {
                switch error {
                case .conflict: continue
                case .refused, .claimed:
                    // Whoever bought, or asked for an action, with the key was the first.
                    try await checkNoOther(has: key, ofClient: caller.client, than: .refund)
                    throw Self.unreadable
                case .unavailable, .barred: throw Self.unreadable
                }
            }
            if case .existing(let earlier) = acceptance { return try Self.replay(earlier, fingerprint) }
            floor.board.publish(change.order, of: id)
            floor.logger(for: change.order).notice(
                "refund recorded",
                metadata: ["by": "\(caller.name)", "amount": "\(refund.amount.text)", "refund_id": "\(refund.id)"])
            return RefundAnswer(refund: refund, isReplay: false)
        }
    }

    /// Every refund of an order, oldest first.
    /// - Throws: `Problem` `not_found`.
    public func refunds(of id: OrderID, for caller: Caller) async throws(Problem) -> [Refund] {
        guard let order = try await read(id), caller.maySee(order) else { throw Self.notFound }
        return try await refunds(of: order)
    }

    private func refunds(of order: Order) async throws(Problem) -> [Refund] {
        do throws(StoreError) { return try await floor.store.refunds(of: order.id) } catch { throw Self.unreadable }
    }

    private func findRefund(_ key: String, ofClient client: String) async throws(Problem) -> Refund? {
        do throws(StoreError) {
            return try await floor.store.refund(client: client, idempotencyKey: key)
        } catch { throw Self.unreadable }
    }

    /// What comes back, where that can be.
    private static func amount(_ request: RefundRequest, of order: Order) throws(Problem) -> Money {
        let problem = { (code: ProblemCode, detail: String) in
            Problem(code, detail, moneyState: .unchanged, orderID: order.id)
        }
        guard order.moneyState == .spent else {
            throw problem(
                .notRefundable, "the order is \(order.status.rawValue); only what is known to be spent can come back")
        }
        guard let total = order.total else {
            throw problem(.notRefundable, "nobody told what the order cost, so no part of it can come back")
        }
        guard request.currency ?? total.currency == total.currency else {
            throw problem(
                .refundCurrencyMismatch,
                "the order was paid in \(total.currency); give the refund in that, or leave it out")
        }
        let earlier = order.refunded?.amount ?? .zero
        let (sum, overflows) = earlier.count.addingReportingOverflow(request.amount.count)
        guard !overflows, sum <= total.amount.count else {
            let left = Money(Millionths(total.amount.count - earlier.count), currency: total.currency)
            throw problem(
                .refundExceedsTotal,
                "the order cost \(total.text) \(total.currency), of which \(left.text) has not come back yet")
        }
        return Money(request.amount, currency: total.currency)
    }

    private static func replay(_ earlier: Refund, _ fingerprint: String) throws(Problem) -> RefundAnswer {
        guard earlier.fingerprint == fingerprint else { throw keyTaken(by: earlier, "which says something else") }
        return RefundAnswer(refund: earlier, isReplay: true)
    }

    private static func keyTaken(by refund: Refund, _ what: String) -> Problem {
        Problem(
            .idempotencyKeyReused, "the key belongs to \(refund.id), \(what)", moneyState: .unchanged,
            orderID: refund.orderID)
    }

    // MARK: Keys

    /// What a key can be of.
    enum KeyUse { case order, action, refund }

    /// Orders, actions and refunds of a client share their keys.
    /// - Throws: `Problem` `idempotency_key_reused` when something else than what it is wanted for has the key.
    func checkNoOther(has key: String, ofClient client: String, than use: KeyUse) async throws(Problem) {
        if use != .order { try await checkNoOrder(has: key, ofClient: client) }
        if use != .action { try await checkNoAction(has: key, ofClient: client) }
        if use != .refund, let refund = try await findRefund(key, ofClient: client) {
            throw Self.keyTaken(by: refund, "which is a refund")
        }
    }
}

import ExactJSON
import Purchasing
import PurchasingTestKit
import Testing

/// Refunds that are asked for twice at the same moment.
@Suite(.timeLimit(.minutes(1))) struct RefundTests {
    /// A store in which somebody else is first with each refund, and the order is another one then.
    private static func overtaken(by first: @escaping @Sendable (Refund) -> Refund) -> MeddlingStore {
        MeddlingStore(MemoryOrderStore()) { change, store throws(StoreError) in
            guard let refund = change.refund, let order = try await store.order(change.order.id) else { return }
            guard order.version == change.expectedVersion else { return }
            var earlier = OrderChange.changing(
                order, ids: IdentifierSource { 1 }, at: refund.at, requestID: refund.requestID)
            earlier.add(first(refund), actor: Shop.operatorCaller.actor)
            _ = try await store.accept(refund: earlier)
            throw .conflict
        }
    }

    private static func refund(_ shop: Shop, _ order: Order, _ amount: Int64) async throws(Problem) -> RefundAnswer {
        try await shop.purchaser.refund(
            order.id, RefundRequest(amount: Millionths(amount), note: "half were dead"), by: Shop.operatorCaller,
            idempotencyKey: "r-1", requestID: "req_r")
    }

    @Test func `who comes second with the same key is told of the one refund, where nothing is left to come back too`()
        async throws
    {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [PurchaserTests.sold] }
        try await Shop.open([("a", vendor)], store: Self.overtaken { $0 }) { shop in
            let order = try await shop.buy(Shop.residential).order
            let total = try #require(order.total?.amount.count)
            let answer = try await Self.refund(shop, order, total)
            #expect(answer.isReplay && answer.refund.amount == order.total)
            #expect(try await shop.store.refunds(of: order.id).count == 1)
        }
    }

    @Test func `who comes second with another key is told what is left`() async throws {
        let vendor = ScriptedVendor.idempotent { $0.purchases = [PurchaserTests.sold] }
        let store = Self.overtaken { refund in
            Refund(
                id: refund.id, orderID: refund.orderID, number: 1, amount: refund.amount, note: refund.note,
                vendorReference: nil, client: refund.client, by: refund.by, idempotencyKey: "other",
                fingerprint: refund.fingerprint, requestID: refund.requestID, at: refund.at)
        }
        try await Shop.open([("a", vendor)], store: store) { shop in
            let order = try await shop.buy(Shop.residential).order
            let total = try #require(order.total?.amount.count)
            let problem = await #expect(throws: Problem.self) { try await Self.refund(shop, order, total) }
            #expect(problem?.code == .refundExceedsTotal)
            #expect(try await shop.store.refunds(of: order.id).map(\.idempotencyKey) == ["other"])
        }
    }
}

import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let buying = [
        Check("after a pause no order is taken and none is sent, and nothing of them is kept") { store in
            let waiting = try await store.accepted(.example())
            let pause = try await store.paused("an odd invoice")
            let barred = StoreError.barred(.paused(pause))
            for change in [
                OrderChange.accepting(.example()), try .dispatching(.example()),
            ] {
                await expectError(barred) { _ = try await store.accept(change) }
                #expect(try await store.order(change.order.id) == nil)
            }
            await expectError(barred) { try await store.commit(try .example(waiting, taking: .dispatched)) }
            #expect(try await store.order(waiting.id) == waiting)
            #expect(try await store.events(of: waiting.id).count == 1)
            _ = try await store.changeBuying(reason: nil, by: "kim", requestID: "req_2", at: .example)
            let sent = try await store.commit(waiting, taking: .dispatched)
            #expect(try await store.order(waiting.id) == sent)
        },
        Check("a pause lets everything go on that buys nothing anew") { store in
            let waiting = try await store.accepted(.example())
            let sent = try await store.accepted(.example(), dispatched: true)
            let doubtful = try await store.accepted(.example(), dispatched: true)
            _ = try await store.paused("an odd invoice")
            let canceled = try await store.commit(waiting, taking: .withdrawn)
            #expect(canceled.status == .canceled)
            let lost = try await store.commit(doubtful, taking: .lost)
            _ = try await store.commit(lost, taking: .boughtReady)
            let sold = try await store.commit(sent, taking: .boughtReady)
            let (order, action) = try await store.asked(sold, ActionRequest(.rotatePassword))
            _ = try await store.commit(order, taking: .dispatched, of: action)
            expectExisting(sold.id, try await store.accept(.accepting(.example(idempotencyKey: sold.idempotencyKey))))
        },
        Check("after a pause no action is taken or sent that may be charged") { store in
            let (order, waiting) = try await store.asked(try await store.bought())
            let pause = try await store.paused("an odd invoice")
            let barred = StoreError.barred(.paused(pause))
            let another = Action.example(on: order, request: ActionRequest(.replace(ip: "ip_1")))
            await expectError(barred) { _ = try await store.accept(action: .asking(for: another, of: order)) }
            #expect(try await store.action(another.id) == nil)
            await expectError(barred) {
                try await store.commit(try .example(order, taking: .dispatched, of: waiting))
            }
            #expect(try await store.action(waiting.id) == waiting)
            #expect(try await store.order(order.id) == order)
        },
        Check("each pause and its end are kept, and what changes nothing is not") { store in
            #expect(try await store.buyingChanges(limit: 10).isEmpty)
            #expect(try await store.changeBuying(reason: nil, by: "kim", requestID: "req_0", at: .example) == nil)
            let first = try await store.paused("an odd invoice")
            #expect(first.number == 1 && first.isPaused && first.since == .example && first.by == "kim")
            #expect(try await store.paused("an odd invoice", at: .example + 60) == first)
            let second = try await store.paused("a strike", at: .example + 60)
            #expect(second.reason == "a strike" && second.since == .example && second.at == .example + 60)
            let end = try await store.changeBuying(reason: nil, by: "lee", requestID: "req_3", at: .example + 90)
            #expect(end?.isPaused == false && end?.by == "lee" && end?.since == nil && end?.number == 3)
            let again = try await store.changeBuying(reason: nil, by: "kim", requestID: "req_4", at: .example + 95)
            #expect(again == end)
            #expect(try await store.buyingChanges(limit: 10) == [end, second, first].compactMap(\.self))
            #expect(try await store.buyingChanges(limit: 1) == [end].compactMap(\.self))
        },
    ]

    private static func expectExisting(_ id: OrderID, _ acceptance: Acceptance) {
        guard case .existing(let order) = acceptance else {
            Issue.record("a second order was stored")
            return
        }
        #expect(order.id == id)
    }
}

extension OrderStore {
    fileprivate func paused(_ reason: String, at: Date = .example) async throws -> BuyingChange {
        try #require(try await changeBuying(reason: reason, by: "kim", requestID: "req_1", at: at))
    }
}

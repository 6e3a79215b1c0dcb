import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let eventFeed = [
        Check("all events come in the order of their commits, numbered without gaps, from the first one on") { store in
            let orders = try await fillHistory(store)
            var walked: [PlacedEvent] = []
            while true {
                let page = try await store.events(EventQuery(after: walked.last?.place ?? 0, limit: 7))
                if page.isEmpty { break }
                walked += page
            }
            #expect(walked.map(\.place) == walked.indices.map { Int64($0 + 1) })
            #expect(try await store.lastPlace() == Int64(walked.count))
            for order in orders {
                let own = walked.filter { $0.event.orderID == order.id }
                let timeline = try await store.events(of: order.id)
                #expect(own.map(\.event) == timeline)
                #expect(own.allSatisfy { $0.client == order.client })
            }
        },
        Check("events are filtered by client, type and order, behind any place") { store in
            let orders = try await fillHistory(store)
            let all = try await store.events(EventQuery(limit: 1000))
            for place in [0, 50, Int64(all.count)] {
                for client in [nil, "acme", "nobody"] {
                    for types: [OrderEvent.Kind] in [[], [.state(.completed), .state(.unknown)], [.goodsExpired]] {
                        for order in [nil, orders[3].id] {
                            let query = EventQuery(
                                after: place, client: client, types: types, order: order, limit: 1000)
                            let found = try await store.events(query)
                            #expect(found == all.filter(query.matches), "\(query)")
                        }
                    }
                }
            }
        },
        Check("an event's place is found by its id") { store in
            _ = try await fillHistory(store)
            let all = try await store.events(EventQuery(limit: 1000))
            let found = try #require(try await store.place(of: all[40].event.id))
            #expect(found.place == 41)
            #expect(found.client == all[40].client)
            let stranger = try await store.place(of: IdentifierSource.examples.next(.event))
            #expect(stranger == nil)
        },
        Check("a commit rings for its client, and for those who watch all, once its events can be read") { store in
            let (all, own) = (store.signal.watch(client: nil), store.signal.watch(client: "acme"))
            let other = store.signal.watch(client: "zenith")
            let order = try await store.accepted(.example(client: "acme"))
            for rings in [all, own] {
                var iterator = rings.makeAsyncIterator()
                #expect(await iterator.next() != nil)
            }
            try await store.commit(order, taking: .withdrawn)
            for rings in [all, own] {
                var iterator = rings.makeAsyncIterator()
                #expect(await iterator.next() != nil)
            }
            _ = try await store.accepted(.example(client: "zenith"))
            var iterator = other.makeAsyncIterator()
            #expect(await iterator.next() != nil)
        },
    ]
}

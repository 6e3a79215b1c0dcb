import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let actionHistory = [
        Check("actions come newest first, and a walk meets each once under every filter") { store in
            let (actions, owners) = try await fill(store)
            let queries = queries(about: try #require(actions.first).orderID)
            for query in queries {
                let walked = try await walk(store, query)
                let expected = actions.filter { query.matches($0, owner: owners[$0.orderID] ?? "") }.reversed()
                #expect(walked == expected.map(\.id), "\(query)")
            }
        },
        Check("a page of actions says whether older ones follow, and holds what is stored") { store in
            let (actions, _) = try await fill(store)
            var query = ActionQuery()
            query.limit = actions.count
            #expect(try await store.actions(query).hasMore == false)
            query.limit = actions.count - 1
            let page = try await store.actions(query)
            #expect(page.hasMore)
            #expect(page.actions == Array(actions.reversed().prefix(actions.count - 1)))
        },
        Check("nothing is older than an action that is not there") { store in
            _ = try await fill(store)
            var query = ActionQuery()
            query.before = IdentifierSource.examples.next(.action)
            let page = try await store.actions(query)
            #expect(page.actions.isEmpty && !page.hasMore)
        },
        Check("unknown actions are counted vendor by vendor, with the age of the oldest") { store in
            #expect(try await store.openDoubts().isEmpty)
            for (vendor, age) in [("legacy", 60.0), ("legacy", 30), ("helodata", 10)] {
                let order = try await store.bought(.example(), at: vendor)
                let asked = try await store.asked(order, createdAt: .example.addingTimeInterval(-age))
                let running = try await store.commit(asked.order, taking: .dispatched, of: asked.action)
                try await store.commit(running.order, taking: .lost, of: running.action)
            }
            _ = try await store.asked(try await store.bought())
            #expect(
                try await store.openDoubts() == [
                    OpenDoubts(vendor: "helodata", actions: .init(count: 1, oldest: .example.addingTimeInterval(-10))),
                    OpenDoubts(vendor: "legacy", actions: .init(count: 2, oldest: .example.addingTimeInterval(-60))),
                ])
        },
    ]

    /// Stores actions of several kinds on orders of several clients, in every state; gives them oldest first, and whose
    /// each order is.
    private static func fill(_ store: any OrderStore) async throws -> ([Action], owners: [OrderID: String]) {
        let lives: [[ActionStep]] = [
            [.notDone], [.dispatched, .done], [.dispatched, .lost], [.dispatched, .lost, .notDone], [.dispatched], [],
        ]
        var owners: [OrderID: String] = [:]
        var actions: [Action] = []
        for index in 0..<36 {
            var order = try await store.bought(.example(client: ["acme", "zenith"][index % 2]))
            owners[order.id] = order.client
            for number in 0..<2 {
                // Three actions of each instant, so that the id has to decide.
                let asked = Action.example(
                    on: order, client: index % 3 == 0 ? "operator" : nil,
                    request: ActionRequest.examples[(index + number) % ActionRequest.examples.count],
                    createdAt: .example.addingTimeInterval(Double((index * 2 + number) / 3)))
                let change = OrderChange.asking(for: asked, of: order)
                _ = try await store.accept(action: change)
                var action = asked
                order = change.order
                // The first of an order is settled, so that the second may be in flight.
                for step in lives[number == 0 ? index % 2 : index % lives.count] {
                    (order, action) = try await store.commit(order, taking: step, of: action) { action in
                        action.unknown?.needsReview = index % 4 == 0
                    }
                }
                actions.append(action)
            }
        }
        return (actions, owners)
    }

    private static func walk(_ store: any OrderStore, _ query: ActionQuery) async throws -> [ActionID] {
        var query = query
        query.limit = 4
        var ids: [ActionID] = []
        while true {
            let page = try await store.actions(query)
            ids += page.actions.map(\.id)
            guard page.hasMore, let last = page.actions.last else { return ids }
            query.before = last.id
        }
    }

    /// Every subset of five filters, of which one has two values.
    private static func queries(about order: OrderID) -> [ActionQuery] {
        (0..<64).map { subset in
            var query = ActionQuery()
            if subset & 1 != 0 { query.statuses = [.unknown, .completed, .unknown] }
            if subset & 2 != 0 { query.kinds = [.renew, .replace, .allow] }
            if subset & 4 != 0 { query.order = order }
            if subset & 8 != 0 { query.clients = ["acme"] }
            if subset & 16 != 0 { query.needsReview = subset & 32 != 0 }
            return query
        }
    }
}

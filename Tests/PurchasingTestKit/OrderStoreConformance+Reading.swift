import Foundation
import Purchasing
import Testing

extension OrderStoreConformance {
    static let reading = [
        Check("what is not there is not found") { store in
            let id = IdentifierSource.examples.next(.order)
            #expect(try await store.order(id) == nil)
            #expect(try await store.order(client: "acme", idempotencyKey: "k") == nil)
            #expect(try await store.events(of: id).isEmpty)
            #expect(try await store.unsettled().isEmpty)
            #expect(try await store.claimed(["1"], vendor: "helodata").isEmpty)
            #expect(try await store.awaitingGoods(vendor: "helodata").isEmpty)
            let page = try await store.orders(OrderQuery())
            #expect(page.orders.isEmpty)
        },
        Check("a canceled task reads what is there") { store in
            let order = try await store.accepted(.example())
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return (try await store.order(order.id), try await store.unsettled())
            }
            let (found, unsettled) = try await task.value
            #expect(found == order)
            #expect(unsettled == [order])
        },
        Check("the unsettled orders come oldest first, and settled ones do not") { store in
            let newer = try await store.accepted(.example(createdAt: .example.addingTimeInterval(60)))
            let older = try await store.accepted(.example(createdAt: .example))
            let settled = try await store.accepted(.example())
            try await store.commit(settled, taking: .withdrawn)
            let unknown = try await store.commit(newer, taking: .dispatched, .lost)
            #expect(try await store.unsettled() == [older, unknown])
        },
        Check("claimed goods are those of the vendor's orders, by order id or batch") { store in
            for (vendor, id, batch) in [("helodata", "ord_1", "bat_1"), ("legacy", "71", nil)] {
                let order = try await store.accepted(.example())
                try await store.commit(order, taking: .dispatched, .bought, vendor: vendor) { order in
                    order.vendorOrderID = id
                    order.batchID = batch
                }
            }
            let listed = ["bat_1", "bat_2", "ord_1", "71", #"it's "quoted""#]
            #expect(try await store.claimed(listed, vendor: "helodata") == ["bat_1", "ord_1"])
            #expect(try await store.claimed(listed, vendor: "legacy") == ["71"])
            #expect(try await store.claimed([], vendor: "legacy").isEmpty)
        },
        Check("orders are found by their vendor's batches") { store in
            var sold: [Order] = []
            for (vendor, batch) in [("helodata", "bat_1"), ("helodata", "bat_2"), ("second", "bat_1")] {
                let order = try await store.accepted(.example())
                sold.append(
                    try await store.commit(order, taking: .dispatched, .bought, vendor: vendor) { $0.batchID = batch })
            }
            let found = try await store.orders(batches: ["bat_2", "bat_1", "bat_3"], vendor: "helodata")
            #expect(Set(found) == Set(sold.prefix(2)))
            #expect(try await store.orders(batches: ["bat_1"], vendor: "second") == [sold[2]])
            #expect(try await store.orders(batches: [], vendor: "helodata").isEmpty)
            #expect(try await store.orders(batches: ["bat_1"], vendor: "nobody").isEmpty)
        },
        Check("goods are awaited by sales without an id of theirs, and by every unknown order") { store in
            func order(_ steps: [OrderStep], vendor: String = "legacy", _ update: (inout Order) -> Void = { _ in })
                async throws -> Order
            {
                var order = try await store.accepted(.example(), dispatched: true, vendor: vendor)
                for step in steps { order = try await store.commit(order, taking: step, update: update) }
                return order
            }
            let sold = try await order([.bought]) { $0.vendorOrderNumber = "N-1" }
            let resolved = try await order([.lost, .boughtReady])
            let unknown = try await order([.lost])
            let reviewed = try await order([.lost]) { $0.unknown?.needsReview = true }
            _ = try await order([])
            _ = try await order([.lost], vendor: "helodata")
            _ = try await order([.notBought])
            _ = try await order([.bought]) { $0.vendorOrderID = "71" }
            _ = try await order([.bought]) { $0.batchID = "bat_1" }
            _ = try await order([.bought], vendor: "helodata")
            #expect(try await store.awaitingGoods(vendor: "legacy") == [sold, resolved, unknown, reviewed])
        },
    ]

    static let watching = [
        Check("sold orders whose goods lapse in a window come the earliest first, page by page") { store in
            let day = 86_400.0
            var orders: [Order] = []
            for (index, days) in [3.0, 1, 2, 9, -1].enumerated() {
                let order = try await store.accepted(.example(), dispatched: true)
                orders.append(
                    try await store.commit(order, taking: index.isMultiple(of: 2) ? .boughtReady : .bought) {
                        $0.expiresAt = .example + days * day
                    })
            }
            let unknown = try await store.accepted(.example(), dispatched: true)
            try await store.commit(unknown, taking: .lost) { $0.expiresAt = .example + day }
            let window = Date.example..<Date.example + 3 * day
            let lapsing = try await store.lapsing(within: window, after: nil)
            #expect(lapsing == [orders[1], orders[2]])
            #expect(try await store.lapsing(within: window, after: orders[1]) == [orders[2]])
            #expect(try await store.lapsing(within: window, after: orders[2]).isEmpty)
        },
        Check("a vendor that was seen to sell twice is known by the flag of any order it ever had") { store in
            #expect(try await store.vendorsSeenToSellTwice().isEmpty)
            let lives: [(String, [String], OrderStep)] = [
                ("helodata", ["possible_double_purchase"], .boughtReady),
                ("helodata", ["price_unknown", "possible_double_purchase"], .bought),
                ("second", ["price_unknown", "possible_double_purchase", "above_max_total"], .bought),
                ("third", ["price_unknown", "possible_double"], .boughtReady), ("fourth", [], .boughtReady),
                ("fifth", ["possible_double_purchase"], .lost),
            ]
            for (vendor, flags, step) in lives {
                let order = try await store.accepted(.example(), dispatched: true, vendor: vendor)
                try await store.commit(order, taking: step, vendor: vendor) { $0.flags = flags }
            }
            _ = try await store.accepted(.example())
            #expect(try await store.vendorsSeenToSellTwice() == ["helodata", "second", "fifth"])
        },
        Check("a flag that an order gets when it is settled tells of its vendor") { store in
            let order = try await store.accepted(.example(), dispatched: true)
            let settled = try await store.commit(order, taking: .boughtReady)
            #expect(try await store.vendorsSeenToSellTwice().isEmpty)
            var change = OrderChange.changing(settled, ids: .examples, at: .example)
            change.update { $0.flags.append("possible_double_purchase") }
            change.note(.decisionMade, cause: "possible_double_purchase")
            try await store.commit(change)
            #expect(try await store.vendorsSeenToSellTwice() == ["helodata"])
        },
        Check("unknown orders are counted vendor by vendor, with the age of the oldest") { store in
            #expect(try await store.openDoubts().isEmpty)
            for (vendor, age) in [("legacy", 60.0), ("legacy", 30), ("helodata", 10)] {
                let order = try await store.accepted(
                    .example(createdAt: .example.addingTimeInterval(-age)), dispatched: true, vendor: vendor)
                try await store.commit(order, taking: .lost)
            }
            let settled = try await store.accepted(.example(), dispatched: true, vendor: "legacy")
            try await store.commit(settled, taking: .notBought)
            #expect(
                try await store.openDoubts() == [
                    OpenDoubts(vendor: "helodata", orders: .init(count: 1, oldest: .example.addingTimeInterval(-10))),
                    OpenDoubts(vendor: "legacy", orders: .init(count: 2, oldest: .example.addingTimeInterval(-60))),
                ])
        },
        Check("what is in doubt is counted vendor by vendor, with what needs a person") { store in
            #expect(try await store.openDoubts().isEmpty)
            for (vendor, age, needsReview) in [("legacy", 60.0, true), ("legacy", 30, false), ("helodata", 10, false)] {
                let order = try await store.accepted(
                    .example(createdAt: .example.addingTimeInterval(-age)), dispatched: true, vendor: vendor)
                try await store.commit(order, taking: .lost) { $0.unknown?.needsReview = needsReview }
            }
            let settled = try await store.accepted(.example(), dispatched: true, vendor: "legacy")
            try await store.commit(settled, taking: .notBought)
            _ = try await store.lost()
            #expect(
                try await store.openDoubts() == [
                    OpenDoubts(
                        vendor: "helodata", orders: .init(count: 1, oldest: .example.addingTimeInterval(-10)),
                        actions: .init(count: 1, oldest: .example)),
                    OpenDoubts(
                        vendor: "legacy",
                        orders: .init(count: 2, needReview: 1, oldest: .example.addingTimeInterval(-60))),
                ])
        },
    ]

    static let clientKeys = [
        Check("keys come back oldest first, with their hashes") { store in
            let newer = ClientKey.example(role: .operator, createdAt: .example.addingTimeInterval(1))
            let older = ClientKey.example(client: "zenith", role: .auditor)
            try await store.insert(newer)
            try await store.insert(older)
            #expect(try await store.keys() == [older, newer])
        },
        Check("a key is revoked once, and keeps the first time") { store in
            let key = ClientKey.example()
            try await store.insert(key)
            #expect(try await store.revoke(key.id, at: .example))
            #expect(try await store.revoke(key.id, at: .example.addingTimeInterval(60)))
            #expect(try await store.keys().map(\.revokedAt) == [.example])
        },
        Check("a key that is not there cannot be revoked") { store in
            let id = IdentifierSource.examples.next(.key)
            let isRevoked = try await store.revoke(id, at: .example)
            #expect(!isRevoked)
        },
        Check("a key is there once, by its id and by its hash") { store in
            let key = ClientKey.example()
            try await store.insert(key)
            await expectRefusal {
                try await store.insert(.example(id: key.id, secretHash: [UInt8](repeating: 1, count: 32)))
            }
            await expectRefusal { try await store.insert(.example(secretHash: key.secretHash)) }
            await expectRefusal { try await store.insert(.example(secretHash: [1, 2, 3])) }
            #expect(try await store.keys() == [key])
        },
    ]
}

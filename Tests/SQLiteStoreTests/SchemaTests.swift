import GRDB
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

@Suite struct SchemaTests {
    @Test func `the database knows the steps of the state machine and no others`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            let steps = try place.sql { db in
                try Row.fetchAll(db, sql: "SELECT previous, state FROM transition").map { [$0[0], $0[1]] as [String] }
            }
            #expect(Set(steps) == Set(OrderStatus.legalSteps.map { $0.map(\.rawValue) }))
        }
    }

    @Test func `the database knows the steps of an action and no others`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            let steps = try place.sql { db in
                try Row.fetchAll(db, sql: "SELECT previous, status FROM action_transition")
                    .map { [$0[0], $0[1]] as [String] }
            }
            #expect(Set(steps) == Set(ActionStatus.legalSteps.map { $0.map(\.rawValue) }))
        }
    }

    @Test func `the database says of the money what the state machine says`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let lives: [[OrderStep]] = [
                    [], [.withdrawn], [.dispatched], [.dispatched, .lost], [.dispatched, .bought],
                    [.dispatched, .boughtReady], [.dispatched, .notBought],
                ]
                for steps in lives {
                    let change = OrderChange.accepting(.example())
                    _ = try await store.accept(change)
                    var order = change.order
                    for step in steps {
                        let change = try OrderChange.example(order, taking: step)
                        try await store.commit(change)
                        order = change.order
                    }
                }
            }
            let words = try place.sql { db in
                try Row.fetchAll(db, sql: "SELECT DISTINCT status, money_state FROM purchase_order")
            }
            #expect(words.count == OrderStatus.allCases.count)
            for row in words {
                let status = try #require(OrderStatus(rawValue: row[0]))
                #expect(row[1] == status.moneyState.rawValue)
            }
        }
    }

    /// A question that scans the orders would be quick in a test and slow in a year.
    @Test(arguments: [
        OrderReading.byID, OrderReading.byKey, OrderReading.unsettled, OrderReading.awaitingGoods, OrderReading.claimed,
        OrderReading.unknownOrders, OrderReading.lapsing, OrderReading.ofBatches,
        EventRecord.ofOrder, History.knownVendors,
        ActionReading.byID, ActionReading.byKey, ActionReading.ofOrder, ActionReading.unsettled, ActionReading.unknown,
        ActionHistory.ofOrder,
    ])
    func `every question is answered by an index`(sql: String) async throws {
        let plan = try await plan(of: sql)
        #expect(!plan.contains { $0.contains("TEMP B-TREE") && sql.contains("FROM action") }, "\(plan)")
        for step in plan where ["purchase_order", "attempt", "event", "action"].contains(where: step.contains) {
            let isPartial = ["order_unsettled", "action_unsettled"].contains { step.contains("USING INDEX " + $0) }
            #expect(step.hasPrefix("SEARCH") || isPartial, "\(plan)")
        }
    }

    @Test(arguments: [History.everything, History.ofClient, History.ofKind, History.ofClientAndKind])
    func `a page of history is read where it begins, in its order`(sql: String) async throws {
        let plan = try await plan(of: sql)
        #expect(plan.count == 1, "\(plan)")
        #expect(plan.first?.contains("USING COVERING INDEX") == true, "\(plan)")
        #expect(plan.first?.contains("(created_at,id)<(?,?)") == true, "\(plan)")
    }

    @Test(arguments: [
        ActionHistory.everything, ActionHistory.ofOwner, ActionHistory.ofKind, ActionHistory.ofOwnerAndKind,
        ActionHistory.ofOrder,
    ])
    func `a page of actions is read where it begins, in its order`(sql: String) async throws {
        let plan = try await plan(of: sql)
        #expect(plan.first?.contains("USING INDEX action_by") == true, "\(plan)")
        #expect(plan.first?.contains("(created_at,id)<(?,?)") == true, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    @Test func `orders that lapse in a window are read from that window alone`() async throws {
        let plan = try await plan(of: History.lapsing)
        #expect(plan.first?.contains("USING INDEX order_lapsing (expires_at>? AND expires_at<?)") == true, "\(plan)")
    }

    private func plan(of sql: String) async throws -> [String] {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let arguments = StatementArguments(Array(repeating: "1", count: sql.count { $0 == "?" }))
                return try store.read { db in
                    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments)
                        .map { $0["detail"] as String }
                }
            }
        }
    }
}

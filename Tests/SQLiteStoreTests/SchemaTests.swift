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
        OrderReading.byID, OrderReading.byIDs, OrderReading.idOfKey, OrderReading.unsettled, OrderReading.awaitingGoods,
        OrderReading.claimed, OrderReading.owners,
        OrderReading.doubtfulOrders, OrderReading.lapsing, OrderReading.ofBatches, OrderReading.soldTwice,
        EventRecord.ofOrder, HistoryPlan.knownVendors,
        ActionReading.byID, ActionReading.idOfKey, ActionReading.ofOrder, ActionReading.unsettled,
        OrderReading.doubtfulActions,
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

    /// Every filter alone, with one more, and between two instants.
    @Test func `a page of history is read where it begins, in its order`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                for query in HistoryQueries.all {
                    let plans = try store.read { db in try Self.plans(of: query, db) }
                    #expect(plans.isEmpty == query.asksWhatCannotBe, "\(query)")
                    for plan in plans {
                        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(query) \(plan)")
                        let lead = try #require(plan.first)
                        #expect(lead.hasPrefix("SEARCH"), "\(query) \(plan)")
                        #expect(lead.contains("INDEX") || lead.contains("PRIMARY KEY"), "\(query) \(plan)")
                        for step in plan where step.contains("SCAN") {
                            #expect(step.contains("VIRTUAL TABLE"), "\(query) \(plan)")
                        }
                    }
                }
            }
        }
    }

    private static func plans(of query: OrderQuery, _ db: Database) throws -> [[String]] {
        let start = HistoryPlace(createdAt: .max, id: "")
        let bounds = HistoryBounds(oldest: .min, start: start, limit: 51, lastRow: nil)
        return try HistoryPlan(query, bounds).statements(db).map { statement in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments)
                .map { $0["detail"] as String }
        }
    }

    /// What triggers and foreign keys look for counts too.
    @Test(arguments: [
        OrderRecord.insert, OrderRecord.update, AttemptRecord.upsert, EventRecord.insert, ActionRecord.insert,
    ])
    func `no write reads a whole table`(sql: String) async throws {
        let plan = try await plan(of: sql)
        for step in plan where step.contains("SCAN") {
            #expect(["CONSTANT ROW", "VIRTUAL TABLE"].contains { step.contains($0) }, "\(plan)")
        }
    }

    @Test func `a new page of everything begins where the last one ended`() async throws {
        let plan = try await plan(of: HistoryStatement.newest.sql)
        #expect(plan.first?.contains("USING COVERING INDEX order_by_age") == true, "\(plan)")
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

    @Test func `a page of refunds is read where it begins, in its order, and an order's are few`() async throws {
        let plan = try await plan(of: RefundHistory.everything)
        #expect(plan.first?.contains("USING INDEX refund_by_time") == true, "\(plan)")
        #expect(plan.first?.contains("(at,id)<(?,?)") == true, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        let ofOrder = try await self.plan(of: RefundHistory.ofOrder)
        #expect(ofOrder.first?.contains("(order_id=?)") == true, "\(ofOrder)")
    }

    /// A CHECK on a column that is added is held against every row that there is.
    @Test func `what refunds added to orders is bounded by a trigger, and not by a CHECK`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            let table = try place.sql { db in
                try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = 'purchase_order'")
            }
            #expect(table?.contains("refunded_micros INTEGER NOT NULL DEFAULT 0, last_refund") == true)
        }
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

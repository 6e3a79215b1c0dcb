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
        EventRecord.ofOrder, History.everything, History.ofClient, History.ofKind, History.ofClientAndKind,
        History.knownVendors,
    ])
    func `every question is answered by an index, without sorting orders`(sql: String) async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let plan = try store.read { db in
                    let arguments = StatementArguments(Array(repeating: "1", count: sql.count { $0 == "?" }))
                    return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments)
                        .map { $0["detail"] as String }
                }
                for step in plan where step.contains("purchase_order") || step.hasPrefix("SCAN") {
                    let isFine =
                        step.hasPrefix("SEARCH") || step.contains("USING") || step.contains("VIRTUAL TABLE")
                        || step == "SCAN known" || step.contains("CONSTANT ROW")
                    #expect(isFine, "\(plan)")
                }
            }
        }
    }
}

import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Testing

/// Pauses and budgets in the database itself: what it refuses to somebody who writes SQL by hand, and what is found of it.
@Suite struct SpendingRuleTests {
    typealias Misdeed = DefenceTests.Misdeed
    typealias Fault = VerificationTests.Fault

    @Test(arguments: misdeeds) func `the database refuses`(_ misdeed: Misdeed) async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            let before = try place.sql(Self.everything)
            let refusal = #expect(throws: DatabaseError.self) {
                try place.sql { db in
                    try db.execute(
                        sql: misdeed.sql, arguments: misdeed.sql.contains(":") ? StatementArguments(ids) : [])
                }
            }
            #expect(refusal?.resultCode == .SQLITE_CONSTRAINT, "\(misdeed.sql): \(String(describing: refusal))")
            #expect(try place.sql(Self.everything) == before)
        }
    }

    private static let misdeeds: [Misdeed] = [
        Misdeed("another reason for a pause", "UPDATE buying_change SET reason = 'x'"),
        Misdeed("a forgotten pause", "DELETE FROM buying_change"),
        Misdeed(
            "a skipped change of buying",
            "INSERT INTO buying_change VALUES (9, 1, 'x', 1, 'x', 'x', 1, (SELECT max(sequence) FROM event))"),
        Misdeed(
            "an end without a pause",
            "INSERT INTO buying_change VALUES (3, 0, NULL, NULL, 'x', 'x', 1, (SELECT max(sequence) FROM event))"),
        Misdeed(
            "a pause without a reason",
            "INSERT INTO buying_change VALUES (3, 1, NULL, 1, 'x', 'x', 1, (SELECT max(sequence) FROM event))"),
        Misdeed(
            "a pause at another place among the events",
            "INSERT INTO buying_change VALUES (3, 1, 'x', 1, 'x', 'x', 1, 0)"),
        Misdeed("another limit in the list of changes", "UPDATE budget_change SET limit_micros = 5"),
        Misdeed("a forgotten change of a budget", "DELETE FROM budget_change"),
        Misdeed(
            "a skipped change of a budget", "INSERT INTO budget_change VALUES (9, 'acme', 1, 'day', 'x', 'x', 'x', 1)"),
        Misdeed(
            "a limit of less than nothing", "INSERT INTO budget_change VALUES (2, 'acme', -1, 'day', 'x', 'x', 'x', 1)"),
        Misdeed(
            "a period that there is not", "INSERT INTO budget_change VALUES (2, 'acme', 1, 'week', 'x', 'x', 'x', 1)"),
        Misdeed(
            "the removal of a budget that is not there",
            "INSERT INTO budget_change VALUES (2, 'nobody', NULL, NULL, NULL, 'x', 'x', 1)"),
    ]

    @Test func `finds nothing wrong with what a store wrote`() async throws {
        try await StorePlace.temporary { place in
            _ = try await place.withStore { store in try await Self.fill(store) }
            let verification = try VerificationTests.verify(place)
            #expect(verification.broken == [])
            let names = Set(verification.checks.map(\.name))
            #expect(names.isSuperset(of: Self.faults.map(\.check)))
        }
    }

    @Test(arguments: faults) func `finds a planted fault`(_ fault: Fault) async throws {
        try await StorePlace.temporary { place in
            let ids = try await place.withStore { store in try await Self.fill(store) }
            try VerificationTests.plant(fault.sql, ids, place)
            let broken = try VerificationTests.verify(place).broken
            let check = try #require(broken.first { $0.name == fault.check }, "\(broken)")
            guard case .broken(let findings, _) = check.outcome else { return }
            let text = findings.joined(separator: "\n")
            let wanted = ids.reduce(fault.finding) { $0.replacing(":" + $1.key, with: $1.value) }
            #expect(text.contains(wanted), "\(text)")
        }
    }

    private static let faults: [Fault] = [
        Fault(
            "changes_of_buying_follow_each_other", "a lost pause", "DELETE FROM buying_change WHERE number = 1",
            finding: "change 2 lets go on after nothing"),
        Fault(
            "nothing_was_sent_during_a_pause", "an order that was sent during a pause",
            "UPDATE buying_change SET after_event = (SELECT max(sequence) FROM event) WHERE number = 2",
            finding: ":open event 2 says order.purchasing during pause 1"),
        Fault(
            "budgets_are_their_newest_changes", "another limit", "UPDATE budget SET limit_micros = limit_micros + 1",
            finding: "change 1"),
        Fault(
            "budgets_are_their_newest_changes", "a lost budget", "DELETE FROM budget",
            finding: "change 1 is not kept as a budget"),
        Fault(
            "budget_sums", "less spent than was", "UPDATE budget_sum SET spent_micros = spent_micros - 1",
            finding: "spent 119999999"),
        Fault(
            "budget_sums", "a hold given back", "UPDATE budget_sum SET held_micros = 0",
            finding: "counted: acme from 0 spent 120000000 holds 120000000"),
    ]

    @Test func `fills the sums of budgets anew`() async throws {
        try await StorePlace.temporary { place in
            _ = try await place.withStore { store in try await Self.fill(store) }
            try place.sql { db in try db.execute(sql: "UPDATE budget_sum SET held_micros = 5") }
            #expect(try VerificationTests.verify(place).broken.map(\.name) == ["budget_sums"])
            let store = try ClosedStore(path: place.path, isWritten: true)
            try store.rebuildSums()
            #expect(try store.verify(thoroughly: true).broken == [])
            store.close()
        }
    }

    @Test func `an absurd price is no reason not to record a sale`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                _ = try await store.changeBudget(Self.budget)
                try await Self.sell(try await Self.send(store), for: .usd(micros: .max), store)
                let standing = try await store.budget(of: "acme", at: .example)
                #expect(standing?.spent == Millionths(100_000_000_000_000))
            }
            #expect(try VerificationTests.verify(place).broken == [])
        }
    }

    private static let budget = BudgetOrder(
        client: "acme", limit: Millionths(500_000_000), period: .total, reason: "a trial", by: "kim",
        requestID: "req_1", at: .example)

    /// A pause that is over, a budget, an order that was sold and one that is open.
    private static func fill(_ store: SQLiteOrderStore) async throws -> [String: String] {
        _ = try await store.changeBudget(budget)
        try await sell(try await send(store), for: .usd(micros: 120_000_000), store)
        _ = try await store.changeBuying(reason: "a strike", by: "kim", requestID: "req_1", at: .example)
        _ = try await store.changeBuying(reason: nil, by: "kim", requestID: "req_2", at: .example + 60)
        return ["open": try await send(store).id.text]
    }

    private static func send(_ store: SQLiteOrderStore) async throws -> Order {
        let accepted = OrderChange.accepting(.example())
        _ = try await store.accept(accepted)
        let sent = try OrderChange.example(accepted.order, taking: .dispatched)
        try await store.commit(sent)
        return sent.order
    }

    private static func sell(_ order: Order, for total: Money, _ store: SQLiteOrderStore) async throws {
        try await store.commit(
            try .example(order, taking: .boughtReady) { order in
                order.attempts[0].outcome = .bought
                order.total = total
                order.totalSource = .vendor
            })
    }

    private static func everything(_ db: Database) throws -> [Row] {
        try ["buying_change", "budget_change", "budget", "budget_sum", "purchase_order"].flatMap { table in
            try Row.fetchAll(db, sql: "SELECT * FROM " + table.quotedDatabaseIdentifier)
        }
    }
}

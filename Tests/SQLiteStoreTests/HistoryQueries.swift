import Foundation
import Purchasing
import PurchasingTestKit

@testable import SQLiteStore

/// Queries that use every filter there is.
enum HistoryQueries {
    static let all: [OrderQuery] =
        single.map { make($0) }
        + single.flatMap { first in single.map { second in make(first, second) } }
        + single.map { filter in make(filter, { $0.createdAfter = .example }, { $0.createdBefore = .example }) }

    private typealias Change = @Sendable (inout OrderQuery) -> Void

    private static let single: [Change] = [
        { _ in }, { $0.statuses = [.failed] }, { $0.products = [.isp, .ipv4] }, { $0.vendors = ["helodata"] },
        { $0.clients = ["acme", "zenith"] }, { $0.countries = Array(Country.all.prefix(2)) },
        { $0.metadata = [.init(name: "team", value: "crawl")] },
        { $0.metadata = [.init(name: "team", value: "crawl"), .init(name: "run", value: "1")] },
        { $0.idempotencyKey = "k" }, { $0.vendorOrderID = "o" }, { $0.batchID = "b" }, { $0.search = "text" },
        { $0.minTotal = Millionths(1) }, { $0.maxTotal = Millionths(1) },
        { $0.expiresAfter = .example }, { $0.expiresBefore = .example },
    ]

    private static func make(_ changes: Change...) -> OrderQuery {
        var query = OrderQuery()
        for change in changes { change(&query) }
        return query
    }
}

extension HistoryStatement {
    /// The first page of everything.
    static let newest = HistoryPath.everything.walk(
        HistoryBounds(oldest: .min, start: HistoryPlace(createdAt: .max, id: ""), limit: 51, lastRow: nil), [])
}

extension OrderQuery {
    /// Only what was sold has a total, and goods that lapse.
    var asksWhatCannotBe: Bool {
        !statuses.isEmpty && !statuses.contains { $0.moneyState == .spent }
            && [minTotal != nil, maxTotal != nil, expiresAfter != nil, expiresBefore != nil].contains(true)
    }
}

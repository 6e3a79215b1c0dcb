import ExactJSON
import Foundation
import GRDB
import Purchasing

/// An attempt as its row.
enum AttemptRecord {
    static let columns =
        "order_id, number, vendor, vendor_key, body, quoted_micros, quoted_currency, baseline, started_at, ended_at, "
        + "outcome, reason, tries, is_tainted"

    /// Writes an attempt that is new, or what has changed of a known one. The intent is set too, so that the database
    /// can refuse a change of it; a row that is the same already is left alone.
    static let upsert =
        "INSERT INTO attempt (" + columns + ") VALUES ("
        + Array(repeating: "?", count: 14).joined(separator: ", ")
            + """
            ) ON CONFLICT (order_id, number) DO UPDATE SET
                (vendor, vendor_key, body, quoted_micros, quoted_currency, baseline, started_at,
                    ended_at, outcome, reason, tries, is_tainted)
                = (excluded.vendor, excluded.vendor_key, excluded.body, excluded.quoted_micros, excluded.quoted_currency,
                    excluded.baseline, excluded.started_at,
                    excluded.ended_at, excluded.outcome, excluded.reason, excluded.tries, excluded.is_tainted)
                WHERE (vendor, vendor_key, body, quoted_micros, quoted_currency, baseline, started_at,
                    ended_at, outcome, reason, tries, is_tainted)
                IS NOT (excluded.vendor, excluded.vendor_key, excluded.body, excluded.quoted_micros,
                    excluded.quoted_currency, excluded.baseline, excluded.started_at,
                    excluded.ended_at, excluded.outcome, excluded.reason, excluded.tries, excluded.is_tainted)
            """

    static func values(of attempt: Attempt, order: OrderID) -> [DatabaseValue] {
        [
            order.text.databaseValue, attempt.number.databaseValue, attempt.vendor.databaseValue,
            attempt.vendorKey.databaseValue, Data(attempt.body).databaseValue,
            (attempt.quotedPrice?.amount.count).databaseValue, (attempt.quotedPrice?.currency).databaseValue,
            (attempt.baseline?.stored.text).databaseValue, attempt.startedAt.milliseconds.databaseValue,
            (attempt.endedAt?.milliseconds).databaseValue, (attempt.outcome?.rawValue).databaseValue,
            attempt.reason.databaseValue, attempt.tries.databaseValue, attempt.isTainted.databaseValue,
        ]
    }

    /// Reads an attempt from the columns of a row that begin at `first`; nil when they are all null, as the join of an
    /// order without attempts gives them.
    /// - Throws: `UnreadableRow`.
    static func read(_ row: Row, from first: Int) throws -> Attempt? {
        guard let number = row[first + 1] as Int? else { return nil }
        var attempt = Attempt(
            number: number, vendor: row[first + 2], vendorKey: row[first + 3],
            body: [UInt8](row[first + 4] as Data),
            quotedPrice: Money(micros: row[first + 5], currency: row[first + 6]),
            baseline: try (row[first + 7] as String?).map { try Baseline(text: $0, column: "baseline") },
            startedAt: Date(milliseconds: row[first + 8]))
        attempt.endedAt = (row[first + 9] as Int64?).map(Date.init(milliseconds:))
        attempt.outcome = try (row[first + 10] as String?).map {
            try Attempt.Outcome(word: $0, column: "attempt's outcome")
        }
        attempt.reason = row[first + 11]
        attempt.tries = row[first + 12]
        attempt.isTainted = row[first + 13]
        return attempt
    }
}

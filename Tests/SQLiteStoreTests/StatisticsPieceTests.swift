import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

/// Sums that are added up piece by piece, so that many rows need no more memory than few.
struct StatisticsPieceTests {
    @Test func `the sums are the same however small the pieces are`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                for number in 0..<90 {
                    // Three at each time, on eight days.
                    let createdAt = Date.example.addingTimeInterval(Double(number / 3) * 22_222.5)
                    let client = ["acme", "zenith", "umbrella", "initech"][number % 4]
                    _ = try await store.accept(.accepting(.example(client: client, createdAt: createdAt)))
                }
                for query in try Self.queries() {
                    let whole = try store.read { db in try Statistics(query).rows(db) }
                    #expect(whole.map(\.sums.orders).reduce(0, +) > 0)
                    for size in [1, 2, 7, 89] {
                        let parted = try store.read { db in try Statistics(query, pieceSize: size).rows(db) }
                        #expect(Set(parted) == Set(whole) && parted.count == whole.count, "\(query) by \(size)")
                    }
                }
            }
        }
    }

    private static func queries() throws -> [StatisticsQuery] {
        let zone = try #require(TimeZone(identifier: "Asia/Kathmandu"))
        var window = OrderQuery()
        window.createdAfter = .example.addingTimeInterval(30_000)
        window.createdBefore = .example.addingTimeInterval(500_000.5)
        let groups: [[StatisticsQuery.Group]] = [[], [.client], [.day, .client], [.metadata("team")]]
        return groups.flatMap { groups in
            [OrderQuery(), window].flatMap { filter in
                [StatisticsQuery(filter, by: groups), StatisticsQuery(filter, by: groups, in: zone)]
            }
        }
    }
}

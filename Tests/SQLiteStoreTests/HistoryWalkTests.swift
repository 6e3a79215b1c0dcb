import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

/// History that is read while it grows.
@Suite(.timeLimit(.minutes(2))) struct HistoryWalkTests {
    @Test func `a walk during 10,000 inserts meets each earlier order exactly once`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                var earlier: [OrderID] = []
                for number in 0..<500 {
                    let order = Order.example(createdAt: .example.addingTimeInterval(Double(number / 2)))
                    _ = try await store.accept(.accepting(order))
                    earlier.append(order.id)
                }
                let walked = try await withThrowingTaskGroup(of: [OrderID].self) { group in
                    for writer in 0..<20 {
                        group.addTask {
                            for number in 0..<500 {
                                let age = Double(number * 20 + writer)
                                let order = Order.example(createdAt: .example.addingTimeInterval(1000 + age))
                                _ = try await store.accept(.accepting(order))
                            }
                            return []
                        }
                    }
                    group.addTask {
                        var (query, seen): (OrderQuery, [OrderID]) = (OrderQuery(), [])
                        query.limit = 3
                        while true {
                            let page = try await store.orders(query)
                            seen += page.orders.map(\.id)
                            guard page.hasMore, let last = page.orders.last else { return seen }
                            query.before = last.id
                        }
                    }
                    var seen: [OrderID] = []
                    for try await ids in group { seen += ids }
                    return seen
                }
                #expect(Set(walked).count == walked.count)
                #expect(walked.suffix(500) == earlier.reversed())
                let sums = try await store.statistics(StatisticsQuery())
                #expect(sums.map(\.sums.orders) == [10_500])
            }
        }
    }
}

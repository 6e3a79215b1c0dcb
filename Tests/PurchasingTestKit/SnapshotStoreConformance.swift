import Foundation
public import Purchasing
public import Testing

/// What every store of snapshots has to do, as a list of named checks. A store's tests run each of them on a fresh, empty
/// store:
///
///     @Test(arguments: SnapshotStoreConformance.checks)
///     func `keeps the promises of a store of snapshots`(_ check: SnapshotStoreConformance.Check) async throws {
///         try await check.run(MemorySnapshotStore())
///     }
public enum SnapshotStoreConformance {
    /// One promise, and the test of it.
    public struct Check: Sendable, CustomTestStringConvertible {
        /// The promise, as a sentence.
        public let name: String
        /// Expects the promise to be kept by a store that is empty.
        public let run: @Sendable (any SnapshotStore) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (any SnapshotStore) async throws -> Void) {
            self.name = name
            self.run = run
        }

        public var testDescription: String { name }
    }

    /// Every check.
    public static let checks = [
        Check("nothing was saved") { store in
            let readings = try await all(store)
            #expect(readings.isEmpty)
        },
        Check("every reading comes back as it was, to the digit") { store in
            let readings = VendorReading.examples.enumerated().map {
                snapshot(.stock(StockQuery(.isp, asn: $0 + 1)), $1)
            }
            try await store.save(readings, removing: [])
            #expect(try await Set(all(store)) == Set(readings))
        },
        Check("topics and vendors are told apart") { store in
            let us = Country("US")
            let topics: [ReadingTopic] = [
                .account, .lists(.isp), .lists(.mobileByIP), .stock(StockQuery(.isp)),
                .stock(StockQuery(.isp, country: us)), .stock(StockQuery(.isp, asn: 1)),
                .stock(StockQuery(.isp, country: us, asn: 1)), .stock(StockQuery(.mobileByGB, country: us, asn: 1)),
            ]
            let readings = ["a", "A", "a'; --", ""].flatMap { vendor in
                topics.map { snapshot($0, .stock([InventoryRow(.isp, city: vendor)]), vendor: vendor) }
            }
            try await store.save(readings, removing: [])
            #expect(try await Set(all(store)) == Set(readings))
        },
        Check("a reading takes the place of the one before") { store in
            try await store.save([snapshot(.account, empty), snapshot(.lists(.isp), empty)], removing: [])
            let later = snapshot(.account, .account(VendorAccount(balance: nil, kycStatus: "new")), age: -60)
            try await store.save([later], removing: [])
            #expect(try await all(store) == [later, snapshot(.lists(.isp), empty)])
        },
        Check("what is removed is gone, and what is saved in the same breath stays") { store in
            let (one, other) = (snapshot(.account, empty), snapshot(.lists(.isp), empty))
            try await store.save([one, other], removing: [])
            try await store.save([one], removing: [one.key, other.key, ReadingKey(vendor: "z", topic: .account)])
            #expect(try await all(store) == [one])
        },
        Check("what is too old is left out and removed") { store in
            let readings = [10, 20, 30].map { snapshot(.stock(StockQuery(.isp, asn: $0)), empty, age: $0) }
            try await store.save(readings, removing: [])
            let young = try await store.snapshots(after: .example.advanced(by: .seconds(-20)), limit: 100)
            #expect(young == Array(readings.prefix(2)))
            #expect(try await all(store) == young)
        },
        Check("the newest come first, and what is beyond the limit is removed") { store in
            let readings = (1...20).map { snapshot(.stock(StockQuery(.isp, asn: $0)), empty, age: $0) }
            try await store.save(readings.reversed(), removing: [])
            #expect(try await store.snapshots(after: .distantPast, limit: 7) == Array(readings.prefix(7)))
            #expect(try await all(store) == Array(readings.prefix(7)))
        },
        Check("many are saved at once") { store in
            let readings = (1...500).map { snapshot(.stock(StockQuery(.isp, asn: $0)), empty) }
            try await store.save(readings, removing: [])
            #expect(try await Set(all(store)) == Set(readings))
            try await store.save([], removing: readings.map(\.key))
            #expect(try await all(store).isEmpty)
        },
        Check("a canceled task saves what it began to save") { store in
            let reading = snapshot(.account, empty)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await store.save([reading], removing: [])
            }
            try await task.value
            #expect(try await all(store) == [reading])
        },
    ]

    private static let empty = VendorReading.stock([])

    private static func all(_ store: any SnapshotStore) async throws -> [ReadingSnapshot] {
        try await store.snapshots(after: .distantPast, limit: 10_000)
    }

    private static func snapshot(
        _ topic: ReadingTopic, _ value: VendorReading, age: Int = 0, vendor: String = "a"
    ) -> ReadingSnapshot {
        ReadingSnapshot(
            key: ReadingKey(vendor: vendor, topic: topic), value: value,
            readAt: Date.example.advanced(by: .seconds(-age)))
    }
}

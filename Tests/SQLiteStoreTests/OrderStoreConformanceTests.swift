import PurchasingTestKit
import SQLiteStore
import Testing

@Suite struct OrderStoreConformanceTests {
    @Test(arguments: OrderStoreConformance.checks)
    func `a store in SQLite`(_ check: OrderStoreConformance.Check) async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in try await check.run(store) }
        }
    }

    @Test(arguments: OrderStoreConformance.checks)
    func `a store in memory`(_ check: OrderStoreConformance.Check) async throws {
        try await check.run(MemoryOrderStore())
    }
}

import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import Testing

@testable import SQLiteStore

/// Snapshots are saved a while after they were read, and what a sale made of them a while after the sale: a process that is
/// killed in between must not start with rows that an order has been taken from.
@Suite struct TouchedReadingTests {
    private static let us = Country("US")

    private static func stock(
        _ country: Country? = us, asn: Int? = nil, shape: ProductShape = .isp, vendor: String = "helodata"
    ) -> ReadingKey {
        ReadingKey(vendor: vendor, topic: .stock(StockQuery(shape, country: country, asn: asn)))
    }

    private static func account(_ vendor: String) -> ReadingKey { ReadingKey(vendor: vendor, topic: .account) }

    private static let lists = ReadingKey(vendor: "helodata", topic: .lists(.isp))

    private static let keys = [
        stock(), stock(nil), stock(asn: 1), stock(asn: 2), stock(nil, asn: 1), stock(Country("DE")),
        stock(shape: .mobileByGB), stock(vendor: "other"), account("helodata"), account("other"), lists,
    ]

    /// The keys that are left of readings from before an order was changed, when the process was killed after it.
    private func left(
        of request: OrderRequest, _ steps: [OrderStep], readAfter seconds: Int = -10
    ) async throws -> Set<ReadingKey> {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let readAt = Date.example.advanced(by: .seconds(seconds))
                try await store.save(
                    Self.keys.map { ReadingSnapshot(key: $0, value: .stock([]), readAt: readAt) }, removing: [])
                var change = OrderChange.accepting(.example(request: request))
                _ = try await store.accept(change)
                for step in steps {
                    change = try OrderChange.example(change.order, taking: step)
                    try await store.commit(change)
                }
            }
            return try await place.withStore { store in
                Set(try await store.snapshots(after: .distantPast, limit: 100).map(\.key))
            }
        }
    }

    private func lost(
        _ request: OrderRequest, _ steps: [OrderStep], readAfter seconds: Int = -10
    ) async throws -> Set<ReadingKey> {
        Set(Self.keys).subtracting(try await left(of: request, steps, readAfter: seconds))
    }

    @Test(arguments: [[OrderStep.dispatched, .bought], [.dispatched, .boughtReady], [.dispatched, .lost]])
    func `what an order may have been taken from does not come back`(steps: [OrderStep]) async throws {
        let lost = try await lost(.example(), steps)
        #expect(
            lost == [
                Self.stock(), Self.stock(nil), Self.stock(asn: 1), Self.stock(asn: 2), Self.stock(nil, asn: 1),
                Self.account("helodata"),
            ])
    }

    @Test func `an order of one network leaves the others`() async throws {
        var request = OrderRequest.example()
        request.asn = 2
        let lost = try await lost(request, [.dispatched, .bought])
        #expect(lost == [Self.stock(), Self.stock(nil), Self.stock(asn: 2), Self.account("helodata")])
    }

    @Test func `an order of traffic leaves the stock of IPs`() async throws {
        var request = OrderRequest(product: .mobile, gb: Millionths(1_000_000))
        let traffic = try await lost(request, [.dispatched, .bought])
        #expect(traffic == [Self.stock(shape: .mobileByGB), Self.account("helodata")])
        request = .example(product: .mobile)
        let addresses = try await lost(request, [.dispatched, .bought])
        #expect(addresses == [Self.account("helodata")])
    }

    @Test(arguments: [[OrderStep.dispatched, .notBought], [.withdrawn]])
    func `an order that bought nothing leaves everything`(steps: [OrderStep]) async throws {
        let lost = try await lost(.example(), steps)
        #expect(lost.isEmpty)
    }

    @Test func `what was read after the sale comes back`() async throws {
        let lost = try await lost(.example(), [.dispatched, .bought], readAfter: 1)
        #expect(lost.isEmpty)
    }

    @Test func `the sales since a reading are found by an index`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let plan = try store.read { db in
                    try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + TouchedReadings.sales, arguments: ["a", 0])
                        .map { $0["detail"] as String }
                }
                #expect(
                    plan.contains { $0.contains("USING INDEX order_sold_lately (vendor=? AND updated_at>?)") },
                    "\(plan)")
            }
        }
    }
}

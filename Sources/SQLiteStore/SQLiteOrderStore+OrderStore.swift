public import Foundation
import GRDB
public import Purchasing

extension SQLiteOrderStore: OrderStore {
    public func accept(_ change: OrderChange) async throws(StoreError) -> Acceptance {
        let rows = OrderRows(change)
        let acceptance = try await write { db in try rows.accept(db) }
        signal.ring(for: change.order.client)
        return acceptance
    }

    public func commit(_ change: OrderChange) async throws(StoreError) {
        let rows = OrderRows(change)
        let kept = kept
        // Only a dispatch makes an attempt start or an action run.
        let begins = change.events.contains { $0.type == .attemptStarted || $0.type == .action(.running) }
        try await write(isDeferrable: false, needsRoom: begins) { db in try rows.commit(db, keeping: kept) }
        signal.ring(for: change.order.client)
    }

    public func order(_ id: OrderID) async throws(StoreError) -> Order? {
        try read { db in try OrderReading.order(id, db) }
    }

    public func order(client: String, idempotencyKey: String) async throws(StoreError) -> Order? {
        try read { db in try OrderReading.order(client: client, idempotencyKey: idempotencyKey, db) }
    }

    public func orders(_ query: OrderQuery) async throws(StoreError) -> OrderPage {
        try await readApart { db in try History(query).page(db) }
    }

    public func view(of query: OrderQuery) async throws(StoreError) -> any OrderView {
        let kept = kept
        let id = UUID()
        do {
            let (lastRow, start) = try await write { db in (try kept.begin(id, db), try History(query).start(db)) }
            return SQLiteOrderView(query, store: self, kept: kept, id: id, lastRow: lastRow, start: start)
        } catch {
            kept.end(id)
            throw error
        }
    }

    public func statistics(_ query: StatisticsQuery) async throws(StoreError) -> [StatisticsRow] {
        try await readApart { db in try Statistics(query).rows(db) }
    }

    public func events(of id: OrderID) async throws(StoreError) -> [OrderEvent] {
        try read { db in try OrderReading.events(of: id, db) }
    }

    public func unsettled() async throws(StoreError) -> [Order] {
        try await readApart { db in try OrderReading.unsettled(db) }
    }

    public func claimed(_ goods: [String], vendor: String) async throws(StoreError) -> Set<String> {
        try await readApart { db in try OrderReading.claimed(goods, vendor: vendor, db) }
    }

    public func owners(of ids: [String], vendor: String, areNumbers: Bool) async throws(StoreError)
        -> [String: Set<OrderID>]
    {
        try await readApart { db in try OrderReading.owners(of: ids, vendor: vendor, areNumbers: areNumbers, db) }
    }

    public func awaitingGoods(vendor: String) async throws(StoreError) -> [Order] {
        try await readApart { db in try OrderReading.awaitingGoods(vendor: vendor, db) }
    }

    public func lapsing(within window: Range<Date>, after order: Order?) async throws(StoreError) -> [Order] {
        try await readApart { db in try OrderReading.lapsing(within: window, after: order, db) }
    }

    public func vendorsSeenToSellTwice() async throws(StoreError) -> Set<String> {
        try await readApart { db in try OrderReading.vendorsSeenToSellTwice(db) }
    }

    public func openDoubts() async throws(StoreError) -> [OpenDoubts] {
        try await readApart { db in try OrderReading.openDoubts(db) }
    }

    /// Writes the time to the disk, through the same writer as every order.
    public func probe() async throws(StoreError) {
        let milliseconds = milliseconds
        try await write { db in try MetaRecord.probe(now: milliseconds, db) }
    }
}

extension SQLiteOrderStore: ClientKeyStore {
    public func keys() async throws(StoreError) -> [ClientKey] {
        try await readApart { db in try ClientKeyRecord.all(db) }
    }

    public func insert(_ key: ClientKey) async throws(StoreError) {
        try await write { db in try ClientKeyRecord.insert(key, db) }
    }

    public func revoke(_ id: Identifier, at: Date) async throws(StoreError) -> Bool {
        try await write { db in try ClientKeyRecord.revoke(id, at: at, db) }
    }
}

extension SQLiteOrderStore: WatchedStore {
    /// Lengths are asked of the file system; no file is opened.
    public var figures: StoreFigures {
        var figures = StoreFigures()
        figures.isHealthy = isHealthy
        figures.commits = commits
        figures.waitingWrites = waiting
        (figures.databaseBytes, figures.logBytes) = lengths
        return figures
    }
}

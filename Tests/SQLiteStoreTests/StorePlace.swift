import Foundation
import GRDB
import Logging
import Purchasing
import SQLiteStore

/// A database path in a directory of its own.
struct StorePlace: Sendable {
    let directory: String
    var path: String { directory + "/purser.db" }

    /// Makes a directory, hands the place to a test, and removes everything.
    static func temporary<Value>(_ body: (StorePlace) async throws -> Value) async throws -> Value {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("purser-store-" + UUID().uuidString)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let value: Result<Value, any Error>
        do { value = .success(try await body(StorePlace(directory: url.path))) } catch { value = .failure(error) }
        try FileManager.default.removeItem(at: url)
        return try value.get()
    }

    /// Opens a store here; its log goes nowhere.
    func open(
        _ settings: SQLiteSettings = SQLiteSettings(), checkingAll: Bool = true, timepiece: Timepiece = .system
    ) throws(StoreOpeningError) -> SQLiteOrderStore {
        try SQLiteOrderStore(
            path: path, settings: settings, checkingAll: checkingAll, timepiece: timepiece,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Opens a store here, hands it to a test, and closes it.
    func withStore<Value>(
        _ settings: SQLiteSettings = SQLiteSettings(), _ body: (SQLiteOrderStore) async throws -> Value
    ) async throws -> Value {
        let store = try open(settings)
        let value = try await body(store)
        try store.close()
        return value
    }

    /// Opens the store here, reads every order that is not settled, and closes it.
    func unsettled() async throws -> [Order] {
        try await withStore { store in try await store.unsettled() }
    }

    /// A connection of its own, as a person with a shell would have it.
    func sql<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction(body)
    }
}

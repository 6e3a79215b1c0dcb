import Logging
import Purchasing
import SQLiteStore

/// Keys in a database that nobody else has open.
struct StoreKeyDesk: KeyDesk {
    private let store: SQLiteOrderStore
    private let keys: KeyRing

    init(path: String) async throws(StoreOpeningError) {
        let quiet = Logger(label: "purser.keys") { _ in SwiftLogNoOpLogHandler() }
        store = try SQLiteOrderStore(path: path, checkingAll: false, logger: quiet)
        let ids = IdentifierSource { UInt64(Timepiece.system.now().milliseconds) }
        do throws(StoreError) {
            keys = try await KeyRing(store: store, ids: ids)
        } catch {
            throw .failed(path: path, reason: "its keys cannot be read: \(error)")
        }
    }

    func issue(client: String, role: Role) async throws -> IssuedKey {
        let (key, token) = try await telling { try await keys.issue(client: client, role: role) }
        return IssuedKey(key, token: token)
    }

    func list() async throws -> [IssuedKey] { keys.list().map { IssuedKey($0) } }

    func revoke(_ id: Identifier) async throws -> IssuedKey {
        IssuedKey(try await telling { try await keys.revoke(id) })
    }

    func close() async {
        do throws(StoreError) {
            try store.close()
        } catch {
            Terminal.error.write("purser: the store could not be closed in good order: \(error)\n")
        }
    }

    private func telling<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let problem as Problem {
            let faults = problem.faults.map { ": \($0.detail)" }.joined()
            throw CommandFailure(ExitStatus.failure, problem.detail + faults)
        }
    }
}

import Foundation
import Logging
import Purchasing
import SQLiteStore

/// Where keys are made and revoked: the database itself, or the gateway that has it open.
protocol KeyDesk: Sendable {
    func issue(client: String, role: Role) async throws -> IssuedKey
    func list() async throws -> [IssuedKey]
    func revoke(_ id: Identifier) async throws -> IssuedKey
    func close() async
}

extension KeyDesk {
    /// Does one thing at the desk and leaves it.
    func closing<Value>(_ work: (any KeyDesk) async throws -> Value) async throws -> Value {
        do {
            let value = try await work(self)
            await close()
            return value
        } catch {
            await close()
            throw error
        }
    }
}

extension GatewaySettings {
    /// The desk for the keys in this configuration's database.
    ///
    /// Nothing but a gateway writes to a file that it serves; so where the store is locked, its holder is asked. A holder
    /// that does not listen is starting, stopping or a command like this one, and is waited for.
    /// - Parameter makesDatabase: whether a database is made where there is none.
    /// - Throws: `GatewayRefusal` when the store cannot be opened and nobody answers for it.
    func keyDesk(makesDatabase: Bool = false, patience: Duration = .seconds(5)) async throws -> any KeyDesk {
        guard makesDatabase || FileManager.default.fileExists(atPath: database.path) else {
            throw GatewayRefusal(
                "there is no database at \(database.path); purser serve and purser keys create make one")
        }
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(StoreOpeningError) {
                return try await StoreKeyDesk(path: database.path)
            } catch {
                guard case .inUse = error else { throw GatewayRefusal(error.description) }
                let desk = SocketKeyDesk(socket: try LocalSocket(database: database.path))
                if await desk.isAnswered() { return desk }
                await desk.close()
                guard ContinuousClock.now < deadline else {
                    throw GatewayRefusal("\(error), and nobody answers at its socket")
                }
                try await ContinuousClock().sleep(for: .milliseconds(100))
            }
        }
    }
}

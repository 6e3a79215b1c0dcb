import ExactJSON
import Foundation
import Purchasing
import SQLiteStore

/// The store of a configuration, for those who look at it or copy it: the file itself, or the gateway that has it open.
enum StoreDesk: Sendable {
    case closed(ClosedStore)
    case served(GatewayClient)

    /// Finds out who has the store.
    ///
    /// A holder that does not listen is starting, stopping or a command like this one, and is waited for.
    /// - Parameter isWritten: whether the file will be written to.
    /// - Throws: `GatewayRefusal` when there is no database, or when it is locked and nobody answers for it.
    init(database path: String, isWritten: Bool = false, patience: Duration = .seconds(5)) async throws(GatewayRefusal)
    {
        guard FileManager.default.fileExists(atPath: path) else {
            throw GatewayRefusal("there is no database at \(path)")
        }
        let socket = try LocalSocket(database: path)
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(StoreOpeningError) {
                self = .closed(try ClosedStore(path: path, isWritten: isWritten))
                return
            } catch {
                guard case .inUse = error else { throw GatewayRefusal(error.description) }
                let gateway = GatewayClient(socket: socket)
                do throws(CallFailure) {
                    if try await gateway.send(GatewayCall("GET", "/healthz")).status == 200 {
                        self = .served(gateway)
                        return
                    }
                } catch {
                    // Nobody listens yet, or not any more.
                }
                await gateway.close()
                guard ContinuousClock.now < deadline else {
                    throw GatewayRefusal("\(error), and nobody answers at its socket")
                }
                do { try await ContinuousClock().sleep(for: .milliseconds(100)) } catch {
                    throw GatewayRefusal("it was not waited for")
                }
            }
        }
    }

    /// Copies the store into a new file.
    /// - Throws: `CommandFailure`; nothing stands at the path then.
    func copy(to path: String) async throws(CommandFailure) {
        switch self {
        case .closed(let store):
            do throws(StoreCopyError) { _ = try await store.copy(to: path) } catch {
                switch error {
                case .badPlace(let reason): throw CommandFailure(ExitStatus.refused, reason)
                case .failed(let reason): throw CommandFailure(ExitStatus.failure, reason)
                }
            }
        case .served(let gateway):
            // As long as it takes: the gateway says when the disk does not go on.
            let body: JSON = ["path": .string(path)]
            let call = GatewayCall("POST", "/copies", body: body.bytes, limit: .seconds(24 * 3600))
            let answer: GatewayAnswer
            do throws(CallFailure) { answer = try await gateway.send(call) } catch { throw error.commandFailure }
            _ = try answer.successful()
        }
    }

    /// Lets others have the store.
    func close() async {
        switch self {
        case .closed(let store): store.close()
        case .served(let gateway): await gateway.close()
        }
    }
}

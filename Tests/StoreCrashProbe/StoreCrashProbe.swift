import Foundation
import Logging
import Purchasing
import PurchasingTestKit
import SQLiteStore

/// Opens a store and buys on paper, as fast as it can, until somebody kills it; prints the id of each order once the
/// store has said that it is durable, and the id with a `+` once its dispatch is.
@main
struct StoreCrashProbe {
    static func main() async throws {
        let store = try SQLiteOrderStore(
            path: CommandLine.arguments[1], logger: Logger(label: "probe", factory: { _ in SwiftLogNoOpLogHandler() }))
        let ids = IdentifierSource(milliseconds: { UInt64(Date().timeIntervalSince1970 * 1000) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask { while true { try await buy(store, ids, worker) } }
            }
            try await group.waitForAll()
        }
    }

    private static func buy(_ store: SQLiteOrderStore, _ ids: IdentifierSource, _ worker: Int) async throws {
        let change = OrderChange.accepting(.example(id: ids.next(.order), client: "worker\(worker)"), ids: ids)
        _ = try await store.accept(change)
        say(change.order.id.text)
        var dispatch = OrderChange.changing(change.order, ids: ids, at: .example)
        dispatch.update { order in
            order.vendor = "helodata"
            order.attempts = [.example(vendorKey: order.id.text)]
        }
        try dispatch.take(.dispatched, cause: "dispatched")
        try await store.commit(dispatch)
        say(change.order.id.text + "+")
    }

    /// One `write` for each line, so that a line is whole or absent.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}

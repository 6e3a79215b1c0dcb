import Foundation
import Logging
import Purchasing
import SQLiteStore

/// Opens a store and buys on paper, as fast as it can, until somebody kills it; prints the id of each order once the
/// store has said that it is durable, the id with a `+` once its dispatch is, and the id of an action on it once that is.
@main
struct StoreCrashProbe {
    static func main() async throws {
        let store = try SQLiteOrderStore(
            path: CommandLine.arguments[1], logger: Logger(label: "probe", factory: { _ in SwiftLogNoOpLogHandler() }))
        let ids = IdentifierSource(milliseconds: { UInt64(Date().timeIntervalSince1970 * 1000) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { while true { try await buy(store, ids) } }
            }
            try await group.waitForAll()
        }
    }

    private static func buy(_ store: SQLiteOrderStore, _ ids: IdentifierSource) async throws {
        let acceptance = OrderChange.accepting(order(ids.next(.order)), ids: ids)
        let order = acceptance.order
        _ = try await store.accept(acceptance)
        say(order.id.text)
        var dispatch = OrderChange.changing(order, ids: ids, at: order.createdAt)
        dispatch.update { order in
            order.vendor = "helodata"
            order.attempts = [
                Attempt(
                    number: 1, vendor: "helodata", vendorKey: order.id.text, body: [1, 2, 3], quotedPrice: nil,
                    baseline: nil, startedAt: order.createdAt)
            ]
        }
        try dispatch.take(.dispatched, cause: "dispatched")
        try await store.commit(dispatch)
        say(order.id.text + "+")
        let action = Action(
            id: ids.next(.action), of: dispatch.order, vendor: "helodata", client: "probe",
            idempotencyKey: ids.next(.request).text, request: ActionRequest(.refresh), requestID: "req_probe",
            traceparent: nil, createdAt: order.createdAt)
        _ = try await store.accept(action: .asking(for: action, of: dispatch.order, ids: ids))
        say(action.id.text)
    }

    private static func order(_ id: OrderID) -> Order {
        let request = OrderRequest(product: .residential, gb: Millionths(1_000_000))
        return Order(
            id: id, client: "probe", idempotencyKey: id.text, request: request, fingerprint: request.fingerprint,
            requestID: "req_probe", traceparent: nil, routing: Routing(policy: .priority, candidates: []),
            createdAt: Timepiece.system.now())
    }

    /// One `write` for each line, so that a line is whole or absent.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}

import Synchronization

/// How many orders and actions each client has on their way: one that sends thousands at once must not take the room of the
/// others.
final class ClientPlaces: Sendable {
    private let limit: Int
    private let taken = Mutex<[String: Int]>([:])

    init(limit: Int) { self.limit = max(1, limit) }

    /// Takes a place; false when the client has as many as it may.
    func take(_ client: String) -> Bool {
        taken.withLock { taken in
            let count = taken[client] ?? 0
            guard count < limit else { return false }
            taken[client] = count + 1
            return true
        }
    }

    /// Counts what was taken up again at a start, however much that is.
    func add(_ client: String) { taken.withLock { $0[client, default: 0] += 1 } }

    func giveBack(_ client: String) {
        taken.withLock { taken in
            guard let count = taken[client] else { return }
            taken[client] = count > 1 ? count - 1 : nil
        }
    }
}

import NIOPosix
import Purchasing
import Synchronization

/// Looks up names on threads of its own, which may block: no other work waits for them, and a name whose look-up hangs
/// takes one thread and no more, since whoever asks for it meanwhile waits for the same answer.
final class HostLookups: Sendable {
    private let pool: NIOThreadPool
    private let look: @Sendable (String) throws(WebhookFailure) -> [NetworkAddress]
    private let underWay = Mutex<[String: Task<Result<[NetworkAddress], WebhookFailure>, Never>]>([:])

    /// - Parameters:
    ///   - threads: how many names are looked up at once.
    ///   - look: finds the addresses of a name; may block.
    init(threads: Int, look: @escaping @Sendable (String) throws(WebhookFailure) -> [NetworkAddress]) {
        pool = NIOThreadPool(numberOfThreads: threads)
        self.look = look
        pool.start()
    }

    /// - Throws: what the look-up threw.
    func addresses(of name: String) async throws(WebhookFailure) -> [NetworkAddress] {
        let lookup = underWay.withLock { underWay in
            if let earlier = underWay[name] { return earlier }
            let lookup = Task { await self.lookUp(name) }
            underWay[name] = lookup
            return lookup
        }
        return try await lookup.value.get()
    }

    /// Ends the threads, once nothing is looked up any more.
    func close() async {
        do { try await pool.shutdownGracefully() } catch {
            // It was closed before; there is nothing left to close.
        }
    }

    private func lookUp(_ name: String) async -> Result<[NetworkAddress], WebhookFailure> {
        let found = await ask(name)
        underWay.withLock { $0[name] = nil }
        return found
    }

    private func ask(_ name: String) async -> Result<[NetworkAddress], WebhookFailure> {
        do {
            return .success(try await pool.runIfActive { try self.look(name) })
        } catch {
            return .failure(error as? WebhookFailure ?? .nameNotResolved)
        }
    }
}

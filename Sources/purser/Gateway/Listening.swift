import Synchronization

/// Notes which sockets are being listened on, and tells when all of them are.
final class Listening: Sendable {
    /// The sockets of a gateway.
    enum Socket: Sendable, CaseIterable {
        case local, network
    }

    private struct State {
        var heard: Set<Socket> = []
        var port: Int?
        var hasEnded = false
        var waiters: [CheckedContinuation<String?, Never>] = []
    }

    private let host: String
    private let state = Mutex(State())

    init(host: String) { self.host = host }

    /// Whether all sockets were listened on, now or before.
    var isOver: Bool { state.withLock { $0.heard.count == Socket.allCases.count } }

    /// A socket is being listened on.
    func heard(_ socket: Socket, port: Int?) {
        wake { state in
            state.heard.insert(socket)
            state.port = port ?? state.port
        }
    }

    /// There is nothing more to wait for.
    func end() { wake { $0.hasEnded = true } }

    /// Waits until all sockets are listened on.
    /// - Returns: where callers on the network are answered; nil when that ended before it began, or when the waiting
    ///   task was cancelled.
    func url() async -> String? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let url: String?? = state.withLock { state in
                    if let answer = answer(state) { return .some(answer) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters.append(continuation)
                    return nil
                }
                if let url { continuation.resume(returning: url) }
            }
        } onCancel: {
            end()
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let (waiters, url) = state.withLock { state in
            change(&state)
            guard let answer = answer(state) else { return ([CheckedContinuation<String?, Never>](), String?.none) }
            defer { state.waiters = [] }
            return (state.waiters, answer)
        }
        for waiter in waiters { waiter.resume(returning: url) }
    }

    /// What a waiter is told; nil while it has to wait.
    private func answer(_ state: State) -> String?? {
        if state.hasEnded { return .some(nil) }
        guard state.heard.count == Socket.allCases.count else { return nil }
        let host = host.contains(":") ? "[\(host)]" : host
        return .some("http://\(host)" + (state.port.map { ":\($0)" } ?? ""))
    }
}

import Synchronization

/// Notes which sockets are being listened on, and tells those who wait for them.
final class Listening: Sendable {
    /// The sockets of a gateway.
    enum Socket: Sendable, CaseIterable {
        case local, network
    }

    private struct Waiter {
        let sockets: Set<Socket>
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var heard: Set<Socket> = []
        var port: Int?
        var hasEnded = false
        var waiters: [Int: Waiter] = [:]
        var lastNumber = 0
    }

    private let host: String
    private let state = Mutex(State())

    init(host: String) { self.host = host }

    /// Whether all sockets were listened on, now or before.
    var isComplete: Bool { state.withLock { $0.heard.count == Socket.allCases.count } }

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
    /// - Returns: where callers on the network are answered; nil when that ended before it began.
    func url() async -> String? {
        guard await wait(for: Set(Socket.allCases)) else { return nil }
        let host = host.contains(":") ? "[\(host)]" : host
        return "http://\(host)" + (state.withLock { $0.port }.map { ":\($0)" } ?? "")
    }

    /// Waits until some sockets are listened on.
    /// - Returns: false when that ended before it began, or when the waiting task was cancelled.
    func wait(for sockets: Set<Socket>) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if let answer = Self.answer(state, to: sockets) ?? (Task.isCancelled ? false : nil) {
                        return answer
                    }
                    state.waiters[number] = Waiter(sockets: sockets, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume(returning: false)
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let answered = state.withLock { state in
            change(&state)
            var answered: [(Waiter, Bool)] = []
            for (number, waiter) in state.waiters {
                guard let answer = Self.answer(state, to: waiter.sockets) else { continue }
                answered.append((waiter, answer))
                state.waiters[number] = nil
            }
            return answered
        }
        for (waiter, answer) in answered { waiter.continuation.resume(returning: answer) }
    }

    /// What a waiter is told; nil while it has to wait.
    private static func answer(_ state: State, to sockets: Set<Socket>) -> Bool? {
        if state.hasEnded { return false }
        return sockets.isSubset(of: state.heard) ? true : nil
    }
}

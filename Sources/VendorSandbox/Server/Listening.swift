import Synchronization

/// Lets others wait for the two ports.
final class Listening: Sendable {
    private struct State {
        var heloData: Int?
        var legacy: Int?
        var hasEnded = false
        var waiting: [CheckedContinuation<SandboxPorts?, Never>] = []

        var ports: SandboxPorts? {
            guard !hasEnded, let heloData, let legacy else { return nil }
            return SandboxPorts(heloData: heloData, legacy: legacy)
        }
    }

    private let state = Mutex(State())

    func heard(heloData port: Int) {
        change { $0.heloData = port }
    }

    func heard(legacy port: Int) {
        change { $0.legacy = port }
    }

    func end() {
        change { $0.hasEnded = true }
    }

    /// The ports as soon as both are known; nil when the servers end before.
    func ports() async -> SandboxPorts? {
        await withCheckedContinuation { continuation in
            change { $0.waiting.append(continuation) }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let (waiting, ports) = state.withLock { state in
            body(&state)
            guard state.hasEnded || state.ports != nil else { return ([], state.ports) as Woken }
            defer { state.waiting = [] }
            return (state.waiting, state.ports)
        }
        for continuation in waiting { continuation.resume(returning: ports) }
    }

    private typealias Woken = ([CheckedContinuation<SandboxPorts?, Never>], SandboxPorts?)
}

public import Foundation
public import Purchasing
import Synchronization

/// A clock that stands still until it is told to move, and wakes whoever sleeps by it.
public final class ManualClock: Sendable {
    private struct Sleeper {
        let until: Duration
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var wall: Date
        var elapsed = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var lastNumber = 0
    }

    private let state: Mutex<State>

    public init(at wall: Date = .example) { state = Mutex(State(wall: wall)) }

    /// The time on the wall, cut to whole milliseconds as every `Timepiece` has it.
    public var now: Date { state.withLock { $0.wall }.cutToMilliseconds }

    /// How many sleep by it.
    public var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Lets time pass.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.wall = state.wall.advanced(by: duration)
            state.elapsed += duration
            let due = state.sleepers.filter { $0.value.until <= state.elapsed }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values
        }
        for sleeper in woken { sleeper.continuation.resume(returning: true) }
    }

    /// Sets the clock on the wall, as a person does; no time passes.
    public func setWall(by duration: Duration) { state.withLock { $0.wall = $0.wall.advanced(by: duration) } }

    /// The clock for code that asks for one.
    public var timepiece: Timepiece {
        Timepiece(
            now: { self.now }, sleep: { try await self.sleep($0) },
            elapsed: { self.state.withLock { $0.elapsed } })
    }

    private func sleep(_ duration: Duration) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let hasPassed = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if duration <= .zero { return true }
                    state.sleepers[number] = Sleeper(until: state.elapsed + duration, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(returning: false)
        }
        if !hasPassed { throw CancellationError() }
    }
}

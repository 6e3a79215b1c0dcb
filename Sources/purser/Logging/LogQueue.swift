import Dispatch
import Foundation
import Purchasing
import Synchronization

/// Takes log lines without ever waiting, and writes them to a file descriptor from a thread of its own.
///
/// A pipe that nobody reads, or a full disk, must not hold up a purchase: when too many lines wait, further ones are
/// dropped and counted, and the count is told once lines can be written again.
final class LogQueue: Sendable {
    /// How many lines may wait.
    static let capacity = 4096

    private struct State {
        var lines: [[UInt8]] = []
        /// Lines that have been taken but not written yet.
        var beingWritten = 0
        /// Lines dropped since the last that was told.
        var dropped = 0
    }

    private let descriptor: Int32
    private let capacity: Int
    /// Makes the line that tells how many were dropped.
    private let dropNotice: @Sendable (Int) -> [UInt8]
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    /// Entered for each line that waits, left when it is written or given up.
    private let pending = DispatchGroup()

    /// - Parameters:
    ///   - descriptor: where lines go; it stays open.
    ///   - dropNotice: makes the line that tells how many lines were dropped.
    init(
        descriptor: Int32, capacity: Int = LogQueue.capacity, dropNotice: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.dropNotice = dropNotice
        let thread = Thread { [self] in drain() }
        thread.name = "purser.log"
        thread.start()
    }

    /// Adds a line, its line end included; drops it when too many wait.
    func add(_ line: [UInt8]) {
        let isKept = state.withLock { state in
            guard state.lines.count + state.beingWritten < capacity else {
                state.dropped += 1
                return false
            }
            state.lines.append(line)
            pending.enter()
            return true
        }
        if isKept { wake.signal() }
    }

    /// How many lines were dropped and not told yet.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Waits until every line is written, or the time is over: a blocked pipe must not hold up the exit either.
    /// - Returns: whether everything is written.
    @discardableResult
    func flush(within limit: Duration = .seconds(2)) -> Bool {
        pending.wait(timeout: .now() + limit.seconds) == .success
    }

    private func drain() {
        while true {
            wake.wait()
            let (lines, dropped) = takeAll()
            for line in lines {
                let isWritten = write(line)
                state.withLock { state in
                    state.beingWritten -= 1
                    if !isWritten { state.dropped += 1 }
                }
                pending.leave()
            }
            if dropped > 0, write(dropNotice(dropped)) { state.withLock { $0.dropped -= dropped } }
        }
    }

    private func takeAll() -> (lines: [[UInt8]], dropped: Int) {
        state.withLock { state in
            defer {
                state.beingWritten = state.lines.count
                state.lines = []
            }
            return (state.lines, state.dropped)
        }
    }

    /// Writes a line whole; false when it cannot be written at all.
    private func write(_ line: [UInt8]) -> Bool {
        var rest = line[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}

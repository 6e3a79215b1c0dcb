import Foundation

/// Where one entry of the cache stands: what is held, what failed, and who waits. Whoever asks of it says what time it is.
struct EntryState {
    /// A reading.
    struct Held {
        let value: VendorReading
        let readAt: Date
        let begunAt: Duration
        /// About how much memory it takes, with its entry.
        let bytes: Int

        init(_ value: VendorReading, readAt: Date, begunAt: Duration) {
            self.value = value
            self.readAt = readAt
            self.begunAt = begunAt
            bytes = value.estimatedBytes + 512
        }
    }

    /// The last try, when it failed.
    struct Failed {
        let failure: ReadFailure
        /// Until when nobody asks again.
        let until: Duration
        /// How many calls in a row failed.
        let count: Int
    }

    /// A call that is under way; one that waits for room at its vendor has not begun.
    struct Flight {
        var begunAt: Moment?
        /// Whether it began before something that the reading has to show: its answer is not kept.
        var isObsolete = false
        var waiters: [Waiter] = []
    }

    /// A task that waits for a call.
    struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Lookup?, Never>
    }

    /// Why no call is begun now.
    struct Obstacle {
        let reason: String
        /// After which it is tried again.
        let pause: Duration
    }

    /// What a question comes to.
    enum Verdict {
        /// What is known is enough, or all that there will be. `begins`: a call has to be begun to renew it.
        case answer(begins: Bool)
        /// A call has to be waited for, which has to be begun where `begins`.
        case wait(begins: Bool)
    }

    private(set) var held: Held?
    private(set) var failed: Failed?
    private(set) var flight: Flight?
    /// Those whom the call under way comes too early for.
    private(set) var next: [Waiter] = []

    /// Counts every change of what would be told, other than by the mere passing of time.
    private(set) var version = 0

    /// Whether nothing is known, under way or waited for.
    var isEmpty: Bool { held == nil && failed == nil && flight == nil && next.isEmpty }

    /// Takes over a reading that was made earlier, unless there is a newer one.
    mutating func restore(_ reading: Held) {
        guard held == nil else { return }
        held = reading
        version += 1
    }

    /// Drops a reading that is too old to be told.
    mutating func dropExpired(at now: Moment, maxStale: Duration) {
        guard let reading = held, now.elapsed - reading.begunAt > maxStale else { return }
        held = nil
        version += 1
    }

    /// Drops everything; false while a call is under way or waited for.
    mutating func clear() -> Bool {
        guard flight == nil, next.isEmpty else { return false }
        held = nil
        failed = nil
        version += 1
        return true
    }

    // MARK: Asking

    /// Whether a call may be begun now; an obstacle is noted as the reason why not.
    private mutating func mayBegin(at now: Moment, _ obstacle: () -> Obstacle?) -> Bool {
        guard flight == nil, failed.map({ now.elapsed >= $0.until }) ?? true else { return false }
        guard let obstacle = obstacle() else { return true }
        if failed?.failure.reason != obstacle.reason { version += 1 }
        failed = Failed(
            failure: ReadFailure(reason: obstacle.reason, at: now.wall), until: now.elapsed + obstacle.pause,
            count: failed?.count ?? 0)
        return false
    }

    /// Begins a call to renew what is held, unless one is under way or nobody should ask now.
    mutating func renew(at now: Moment, _ obstacle: () -> Obstacle?) -> Bool {
        guard held != nil, mayBegin(at: now, obstacle) else { return false }
        flight = Flight()
        return true
    }

    /// Takes a question.
    /// - Parameters:
    ///   - floor: the reading must have been begun at or after this, by both clocks; nil takes what is there.
    ///   - fresh: how long a reading is fresh.
    mutating func ask(floor: Moment?, at now: Moment, fresh: Duration, _ obstacle: () -> Obstacle?) -> Verdict {
        if let held, held.serves(floor) {
            let isStale = now.elapsed - held.begunAt >= fresh
            return .answer(begins: isStale && renew(at: now, obstacle))
        }
        if flight != nil { return .wait(begins: false) }
        guard mayBegin(at: now, obstacle) else { return .answer(begins: false) }
        flight = Flight()
        return .wait(begins: true)
    }

    /// Notes a task that `ask` told to wait.
    mutating func enqueue(_ waiter: Waiter, floor: Moment?) {
        guard let call = flight, call.serves(floor) else { return next.append(waiter) }
        flight?.waiters.append(waiter)
    }

    /// Takes a waiting task out of the queue; nil when it does not wait any more.
    mutating func remove(waiter number: Int) -> Waiter? {
        if let index = flight?.waiters.firstIndex(where: { $0.number == number }) {
            return flight?.waiters.remove(at: index)
        }
        return next.firstIndex { $0.number == number }.map { next.remove(at: $0) }
    }

    // MARK: A call

    /// The call under way goes out now.
    mutating func begin(at now: Moment) { flight?.begunAt = now }

    /// The call under way has come to its end.
    /// - Returns: who has waited for it, and whether the next call has to be begun for others.
    mutating func finish(_ reading: Held) -> (waiters: [Waiter], begins: Bool) {
        guard let call = flight else { return ([], false) }
        flight = nil
        if !call.isObsolete { held = reading }
        failed = nil
        version += 1
        if next.isEmpty { return (call.waiters, false) }
        flight = Flight(waiters: next)
        next = []
        return (call.waiters, true)
    }

    /// The call under way has failed, or could not be made; whoever waits is told so, since nobody asks again at once.
    mutating func fail(_ failure: Failed) -> [Waiter] {
        let waiters = (flight?.waiters ?? []) + next
        flight = nil
        next = []
        failed = failure
        version += 1
        return waiters
    }

    /// Forgets what is held, and what a call that has begun will answer; those who wait for it wait for the next one.
    mutating func forget() {
        held = nil
        version += 1
        guard let call = flight, call.begunAt != nil else { return }
        next = call.waiters + next
        flight?.waiters = []
        flight?.isObsolete = true
    }
}

extension EntryState.Flight {
    /// Whether its answer is one that was begun late enough.
    fileprivate func serves(_ floor: Moment?) -> Bool {
        guard !isObsolete else { return false }
        guard let begunAt, let floor else { return true }
        return begunAt.isAtOrAfter(floor)
    }
}

extension EntryState.Held {
    /// Whether it was begun late enough.
    func serves(_ floor: Moment?) -> Bool {
        floor.map { Moment(wall: readAt, elapsed: begunAt).isAtOrAfter($0) } ?? true
    }
}

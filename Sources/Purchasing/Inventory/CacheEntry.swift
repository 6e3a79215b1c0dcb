import Foundation
import Synchronization

/// One topic at one vendor in the cache.
///
/// What changes with every use is kept in atomics, so that readers of one entry wait for nobody; its lock is held for a few
/// instructions when something is asked that is not known already, or when a call begins or ends.
final class CacheEntry: Sendable {
    /// What an entry is judged by.
    struct Terms: Sendable {
        let fresh: Duration
        let maxStale: Duration
    }

    /// What a task is told that asks.
    enum Verdict {
        case answer(Lookup, begins: Bool)
        case wait(begins: Bool)
        /// The entry is not in the cache any more: there is another one, or none.
        case gone
    }

    /// What a call's end comes to.
    struct Landing {
        let waiters: [EntryState.Waiter]
        let lookup: Lookup
        /// Whether another call has to be begun, for those whom this one came too early for.
        let begins: Bool
        /// Whether a reading is held now that was not held before.
        let isStored: Bool
        /// Whether nothing is left of the entry, since what was read had been forgotten before; it is gone then.
        let isGone: Bool
    }

    private struct Guarded {
        var entry = EntryState()
        var isGone = false
    }

    let key: ReadingKey
    let terms: Terms
    private let size: CacheSize
    private let state = Mutex(Guarded())
    private let version = Atomic(0)
    /// When a use should begin a renewal, in nanoseconds of elapsed time; never while one is under way.
    private let renewAt = Atomic(Int64.max)
    /// When it was used last, in nanoseconds of elapsed time.
    private let usedAt: Atomic<Int64>
    /// How often it was used since the last call for it; counted no further than anybody asks.
    private let uses = Atomic(0)

    /// So many uses since the last call are steady use.
    private static let steadyUse = 2
    /// Uses within this time are one use, as far as their order goes; in nanoseconds.
    private static let useGrain = 10_000_000

    /// - Parameter size: what the readings of all entries take together.
    init(key: ReadingKey, terms: Terms, size: CacheSize, at elapsed: Duration) {
        self.key = key
        self.terms = terms
        self.size = size
        usedAt = Atomic(elapsed.nanoseconds)
    }

    // MARK: Using

    /// When it was used last, in nanoseconds of elapsed time.
    var lastUse: Int64 { usedAt.load(ordering: .relaxed) }

    /// Notes a use.
    func touch(at elapsed: Int64) {
        if elapsed - usedAt.load(ordering: .relaxed) >= Self.useGrain { usedAt.store(elapsed, ordering: .relaxed) }
        if uses.load(ordering: .relaxed) < Self.steadyUse { uses.add(1, ordering: .relaxed) }
    }

    /// Whether it would be told as it was in a version.
    func isUnchanged(since version: Int) -> Bool { self.version.load(ordering: .acquiring) == version }

    /// Whether a use should begin a renewal.
    func isDue(at elapsed: Int64) -> Bool { elapsed >= renewAt.load(ordering: .relaxed) }

    /// What is known, without any call; nil when nothing is.
    func known(at now: Moment) -> Lookup? {
        change { state in
            state.entry.dropExpired(at: now, maxStale: terms.maxStale)
            guard !state.isGone, state.entry.held != nil || state.entry.failed != nil else { return nil }
            return lookup(state.entry, at: now)
        }
    }

    /// What is known, when that is enough; nil when it has to be waited for.
    func answer(floor: Moment?, at now: Moment, _ obstacle: () -> EntryState.Obstacle?) -> (Lookup, begins: Bool)? {
        change { state in
            guard !state.isGone, let held = state.entry.held, held.serves(floor),
                now.elapsed - held.begunAt <= terms.maxStale,
                case .answer(let begins) = state.entry.ask(floor: floor, at: now, fresh: terms.fresh, obstacle)
            else { return nil }
            return (lookup(state.entry, at: now), begins)
        }
    }

    /// Takes a question of a task that waits where it has to.
    /// - Parameter waiter: nil for a task that was cancelled, which does not wait.
    func ask(
        floor: Moment?, at now: Moment, _ obstacle: () -> EntryState.Obstacle?, waiter: EntryState.Waiter?
    ) -> Verdict {
        change { state in
            guard !state.isGone else { return .gone }
            state.entry.dropExpired(at: now, maxStale: terms.maxStale)
            guard let waiter else { return .answer(unanswered(state.entry, at: now), begins: false) }
            switch state.entry.ask(floor: floor, at: now, fresh: terms.fresh, obstacle) {
            case .answer(let begins):
                return .answer(lookup(state.entry, at: now), begins: begins)
            case .wait(let begins):
                state.entry.enqueue(waiter, floor: floor)
                return .wait(begins: begins)
            }
        }
    }

    /// Takes a task that was cancelled out of the queue, with what it is told; nil when it does not wait any more.
    func leave(_ number: Int, at now: Moment) -> (EntryState.Waiter, Lookup)? {
        change { state in
            state.entry.remove(waiter: number).map { ($0, unanswered(state.entry, at: now)) }
        }
    }

    /// Begins a call to renew what is held, unless one is under way or nobody should ask now.
    func renew(at now: Moment, _ obstacle: () -> EntryState.Obstacle?) -> Bool {
        change { state in !state.isGone && state.entry.renew(at: now, obstacle) }
    }

    /// Begins a call ahead of time when the entry is in steady use and most of its fresh time is over.
    func renewAhead(at now: Moment, _ obstacle: () -> EntryState.Obstacle?) -> Bool {
        guard uses.load(ordering: .relaxed) >= Self.steadyUse else { return false }
        return change { state in
            guard !state.isGone, let held = state.entry.held, now.elapsed - held.begunAt >= terms.fresh * 4 / 5,
                state.entry.renew(at: now, obstacle)
            else { return false }
            uses.store(0, ordering: .relaxed)
            return true
        }
    }

    // MARK: A call

    /// The call goes out now.
    func begin(at now: Moment) { change { $0.entry.begin(at: now) } }

    /// The vendor has answered.
    func finish(_ value: VendorReading, at now: Moment) -> Landing {
        land(at: now) { entry in
            let begunAt = entry.flight?.begunAt ?? now
            return entry.finish(EntryState.Held(value, readAt: begunAt.wall, begunAt: begunAt.elapsed))
        }
    }

    /// The call failed, or could not be made.
    /// - Parameter pause: for how long nobody asks again, after so many failures in a row.
    func fail(_ reason: String, counts: Bool, at now: Moment, pause: (Int) -> Duration) -> Landing {
        land(at: now) { entry in
            let count = (entry.failed?.count ?? 0) + (counts ? 1 : 0)
            let failure = EntryState.Failed(
                failure: ReadFailure(reason: reason, at: now.wall), until: now.elapsed + pause(count), count: count)
            return (entry.fail(failure), false)
        }
    }

    private func land(
        at now: Moment, _ end: (inout EntryState) -> (waiters: [EntryState.Waiter], begins: Bool)
    ) -> Landing {
        uses.store(0, ordering: .relaxed)
        return change { state in
            let before = state.entry.held
            let (waiters, begins) = end(&state.entry)
            let after = state.entry.held
            let isStored = after != nil && after?.begunAt != before?.begunAt
            if state.entry.isEmpty { state.isGone = true }
            return Landing(
                waiters: waiters, lookup: lookup(state.entry, at: now, isFetched: true), begins: begins,
                isStored: isStored, isGone: state.isGone)
        }
    }

    // MARK: Keeping and forgetting

    /// Takes over a reading that an earlier process made, unless there is one already.
    func restore(_ reading: EntryState.Held) { change { if !$0.isGone { $0.entry.restore(reading) } } }

    /// The reading, for keeping it across a restart; nil when there is none.
    var snapshot: ReadingSnapshot? {
        state.withLock { state in
            state.entry.held.map { ReadingSnapshot(key: key, value: $0.value, readAt: $0.readAt) }
        }
    }

    /// Whether there is a reading.
    var holds: Bool { state.withLock { $0.entry.held != nil } }

    /// Whether there is nothing that is still of use: no reading that may be told, no failure that keeps others from
    /// asking, no call under way.
    func isSpent(at now: Moment) -> Bool {
        state.withLock { state in
            let isHeld = state.entry.held.map { now.elapsed - $0.begunAt <= terms.maxStale } ?? false
            let isPausing = state.entry.failed.map { now.elapsed < $0.until } ?? false
            return !isHeld && !isPausing && state.entry.flight == nil && state.entry.next.isEmpty
        }
    }

    /// Forgets the reading, and that of a call that has begun; true when nothing is left of the entry, which is gone then.
    func forget() -> Bool {
        change { state in
            state.entry.forget()
            if state.entry.isEmpty { state.isGone = true }
            return state.isGone
        }
    }

    /// Goes for good; false while a call is under way, which keeps it.
    func retire() -> Bool {
        change { state in
            guard state.entry.clear() else { return false }
            state.isGone = true
            return true
        }
    }

    // MARK: Parts

    /// Changes the state, and tells those who look without the lock.
    private func change<Value>(_ body: (inout Guarded) -> Value) -> Value {
        state.withLock { state in
            let before = state.entry.held?.bytes ?? 0
            let value = body(&state)
            size.change(by: (state.entry.held?.bytes ?? 0) - before)
            renewAt.store(dueAt(state), ordering: .relaxed)
            version.store(state.entry.version, ordering: .releasing)
            return value
        }
    }

    /// When a use should begin a renewal.
    private func dueAt(_ state: Guarded) -> Int64 {
        guard !state.isGone, state.entry.flight == nil, let held = state.entry.held else { return .max }
        let stale = (held.begunAt + terms.fresh).nanoseconds
        return max(stale, state.entry.failed?.until.nanoseconds ?? .min)
    }

    private func lookup(_ entry: EntryState, at now: Moment, isFetched: Bool = false) -> Lookup {
        let part = ReadingBasis.Part(entry: self, version: entry.version)
        let failure = entry.failed?.failure
        guard let held = entry.held else {
            return Lookup(
                KnownReading(value: nil, readAt: nil, isStale: true, failure: failure), part: part, begunAt: nil,
                freshUntil: nil, changesAt: entry.failed?.until ?? now.elapsed, isFetched: isFetched)
        }
        let freshUntil = held.begunAt + terms.fresh
        let isStale = now.elapsed >= freshUntil
        return Lookup(
            KnownReading(value: held.value, readAt: held.readAt, isStale: isStale, failure: failure), part: part,
            begunAt: held.begunAt, freshUntil: freshUntil,
            changesAt: isStale ? held.begunAt + terms.maxStale : freshUntil, isFetched: isFetched)
    }

    /// What a task is told that goes before there was an answer.
    private func unanswered(_ entry: EntryState, at now: Moment) -> Lookup {
        let known = lookup(entry, at: now)
        let failure = known.known.failure ?? ReadFailure(reason: "no_answer_yet", at: now.wall)
        return Lookup(
            KnownReading(
                value: known.known.value, readAt: known.known.readAt, isStale: known.known.isStale, failure: failure),
            part: known.part, begunAt: known.begunAt, freshUntil: known.freshUntil, changesAt: now.elapsed,
            isFetched: true)
    }
}

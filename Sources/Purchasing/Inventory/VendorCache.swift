public import Foundation
public import Logging
public import ServiceLifecycle
import Synchronization

/// What was last read from the vendors: stock, reference lists and accounts.
///
/// A reading is fresh for a while, then told as stale while one call renews it, and told on while its vendor cannot be
/// read. However many ask, one call is in flight for a topic, and one more waits for those who need a reading that begins
/// later. Calls belong to the cache: a caller that leaves ends none.
///
/// It is a service: `run()` renews ahead of time what is in steady use, saves snapshots and drops what is too old. All the
/// rest works without it.
public final class VendorCache: Service {
    let policy: CachePolicy
    let timepiece: Timepiece
    let shelves = CacheShelves()
    let snapshots: (any SnapshotStore)?
    let changes = SnapshotChanges()
    let logger: Logger
    /// Whether the last snapshots could not be saved, so that it is noted once.
    let isSavingFailing = Flag(false)
    private let desks: [String: ReadingDesk]
    private let size = CacheSize()
    private let flights = FlightBook()
    private let wallHighWater: Date
    private let jitter: @Sendable () -> Double
    private let lastWaiter = Atomic(0)
    private let eviction = Mutex(())

    /// An empty cache; `restore()` fills it from the snapshots.
    /// - Parameters:
    ///   - snapshots: where readings outlive a restart; by default nowhere.
    ///   - wallHighWater: the latest time that the store knows to have passed: the age of a snapshot is never taken against
    ///     an earlier one.
    ///   - jitter: a number from 0 to 1 that spreads pauses.
    public init(
        vendors: [Vendor], policy: CachePolicy = CachePolicy(), snapshots: (any SnapshotStore)? = nil,
        timepiece: Timepiece = .system, wallHighWater: Date = .distantPast,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        logger: Logger = Logger(label: "purser.cache") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.policy = policy
        self.snapshots = snapshots
        self.timepiece = timepiece
        self.wallHighWater = wallHighWater
        self.jitter = jitter
        self.logger = logger
        desks = Dictionary(uniqueKeysWithValues: vendors.map { ($0.name, ReadingDesk($0, policy: policy)) })
    }

    /// How many entries there are.
    public var count: Int { shelves.count }

    /// About how many bytes they take.
    public var bytes: Int { size.bytes }

    // MARK: Reading

    /// What is known of a topic; calls the vendor where that is not enough.
    /// - Parameter notBefore: the reading must certainly have been begun at or after this instant; one that was begun
    ///   before this call, in the same millisecond as the instant, is not. Where the vendor cannot be read, the answer is
    ///   what was known before, with the failure. Nil takes what is there, and begins a renewal when that is stale.
    /// - Returns: what is known. A task that is cancelled while it waits is told what was known before.
    public func reading(_ topic: ReadingTopic, at vendor: String, notBefore: Date? = nil) async -> KnownReading {
        await look(topic, at: vendor, notBefore: notBefore).known
    }

    /// What is known of a topic now, without any call; nil when nothing is, not even a failure.
    public func known(_ topic: ReadingTopic, at vendor: String) -> KnownReading? {
        guard desks[vendor]?.vendor.isEnabled == true,
            let entry = shelves[ReadingKey(vendor: vendor, topic: topic)]
        else { return nil }
        let now = timepiece.moment
        entry.touch(at: now.elapsed.nanoseconds)
        return entry.known(at: now)?.known
    }

    /// What is known of a topic now, without any call, and without counting as a use of it; nil when nothing is.
    func glance(at topic: ReadingTopic, of vendor: String) -> KnownReading? {
        shelves[ReadingKey(vendor: vendor, topic: topic)]?.known(at: timepiece.moment)?.known
    }

    /// Forgets what a purchase has changed: the vendor's stock that it may have come from, and the account. Calls that
    /// were begun before bring nothing of it back.
    public func forget(touchedBy order: Order) {
        guard let vendor = order.vendor else { return }
        let account = ReadingKey(vendor: vendor, topic: .account)
        for key in shelves.stock(touchedBy: order.request, at: vendor) + [account] {
            guard let entry = shelves[key] else { continue }
            if entry.forget() { shelves.remove(entry) }
            changes.removed(key)
        }
    }

    /// Whether an answer that was made of some readings may be given again as it is, which counts as their use and begins
    /// renewals that are due.
    /// - Returns: how old they are; nil when the answer has to be made anew.
    public func use(_ basis: ReadingBasis) -> ReadingAge? {
        let elapsed = timepiece.elapsed()
        if let changesAt = basis.changesAt, elapsed >= changesAt { return nil }
        guard basis.hasLastPrices else { return nil }
        let instant = elapsed.nanoseconds
        for part in basis.parts {
            guard part.entry.isUnchanged(since: part.version) else { return nil }
            part.entry.touch(at: instant)
            if part.entry.isDue(at: instant) { renew(part.entry) }
        }
        return basis.age(at: elapsed, standing: policy.fresh)
    }

    /// How old the readings behind an answer are now.
    public func age(of basis: ReadingBasis) -> ReadingAge {
        basis.age(at: timepiece.elapsed(), standing: policy.fresh)
    }

    /// What is known of a topic, and where it comes from; calls the vendor where that is not enough.
    func look(_ topic: ReadingTopic, at vendor: String, notBefore: Date? = nil) async -> Lookup {
        let asked = timepiece.moment
        let floor = notBefore.map(asked.floor)
        if let lookup = lookNow(topic, at: vendor, floor: floor, now: asked) { return lookup }
        guard let desk = desks[vendor] else { return Lookup(notRead: "not_configured", at: asked) }
        let key = ReadingKey(vendor: vendor, topic: topic)
        while true {
            let now = timepiece.moment
            let (entry, isNew) = shelves.entry(key) {
                CacheEntry(key: key, terms: terms(of: topic), size: size, at: now.elapsed)
            }
            let lookup = await wait(for: entry, at: desk, floor: floor, isNew: isNew)
            if let lookup { return lookup }
        }
    }

    /// What is known of a topic, when nothing has to be waited for; else nil.
    func lookNow(_ topic: ReadingTopic, at vendor: String, floor: Moment?, now: Moment) -> Lookup? {
        guard let desk = desks[vendor] else { return Lookup(notRead: "not_configured", at: now) }
        guard desk.vendor.isEnabled else { return Lookup(notRead: "disabled", at: now) }
        guard let entry = shelves[ReadingKey(vendor: vendor, topic: topic)],
            let (lookup, begins) = entry.answer(floor: floor, at: now, { obstacle(at: desk, now) })
        else { return nil }
        entry.touch(at: now.elapsed.nanoseconds)
        if begins { fly(entry, desk) }
        return lookup
    }

    private func wait(for entry: CacheEntry, at desk: ReadingDesk, floor: Moment?, isNew: Bool) async -> Lookup? {
        let number = lastWaiter.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = timepiece.moment
                let waiter = Task.isCancelled ? nil : EntryState.Waiter(number: number, continuation: continuation)
                switch entry.ask(floor: floor, at: now, { obstacle(at: desk, now) }, waiter: waiter) {
                case .answer(let lookup, let begins):
                    if begins { fly(entry, desk) }
                    continuation.resume(returning: lookup)
                case .wait(let begins):
                    if begins { fly(entry, desk) }
                case .gone:
                    continuation.resume(returning: nil)
                }
                entry.touch(at: now.elapsed.nanoseconds)
                if isNew { makeRoom() }
            }
        } onCancel: {
            guard let (waiter, lookup) = entry.leave(number, at: timepiece.moment) else { return }
            waiter.continuation.resume(returning: lookup)
        }
    }

    private func terms(of topic: ReadingTopic) -> CacheEntry.Terms {
        CacheEntry.Terms(fresh: policy.freshTime(of: topic), maxStale: policy.maxStale)
    }

    private func obstacle(at desk: ReadingDesk, _ now: Moment) -> EntryState.Obstacle? {
        if flights.isClosed { return EntryState.Obstacle(reason: "stopping", pause: policy.errorPause) }
        return desk.obstacle(at: now)
    }

    // MARK: Calls

    /// How many reads of a vendor are in flight or wait for room.
    func reads(at vendor: String) -> Int { desks[vendor]?.reads ?? 0 }

    private func renew(_ entry: CacheEntry) {
        guard let desk = desks[entry.key.vendor] else { return }
        let now = timepiece.moment
        if entry.renew(at: now, { obstacle(at: desk, now) }) { fly(entry, desk) }
    }

    /// Renews what is in steady use and soon stale.
    func renewAhead() {
        let now = timepiece.moment
        for entry in shelves.all {
            guard let desk = desks[entry.key.vendor] else { continue }
            if entry.renewAhead(at: now, { obstacle(at: desk, now) }) { fly(entry, desk) }
        }
    }

    private func fly(_ entry: CacheEntry, _ desk: ReadingDesk) {
        desk.begin()
        flights.begin { [self] in
            while await call(for: entry, at: desk) {}
            desk.end()
        }
    }

    /// Reads an entry's topic once.
    /// - Returns: whether the next call has to follow at once.
    private func call(for entry: CacheEntry, at desk: ReadingDesk) async -> Bool {
        guard await desk.enter() else { return miss(entry, "stopping", pause: policy.errorPause) }
        defer { desk.leave() }
        let now = timepiece.moment
        // Much may have happened while there was no room.
        if let rest = desk.vendor.circuit.remainingRest(at: now.wall) {
            return miss(entry, "resting", pause: min(rest, policy.errorPause))
        }
        entry.begin(at: now)
        switch await desk.read(entry.key.topic) {
        case .success(let value):
            return land(entry, entry.finish(value, at: timepiece.moment))
        case .failure(let error):
            let jitter = jitter()
            let landing = entry.fail(error.word, counts: true, at: timepiece.moment) { count in
                max(error.retryAfter ?? .zero, policy.pause(afterFailures: count, jitter: jitter))
            }
            return land(entry, landing)
        }
    }

    /// A call was not made.
    private func miss(_ entry: CacheEntry, _ reason: String, pause: Duration) -> Bool {
        land(entry, entry.fail(reason, counts: false, at: timepiece.moment) { _ in pause })
    }

    /// Tells those who have waited for a call; whether the next one has to follow at once.
    private func land(_ entry: CacheEntry, _ landing: CacheEntry.Landing) -> Bool {
        if landing.isStored { changes.saved(entry.key) }
        if landing.isGone { shelves.remove(entry) }
        makeRoom()
        for waiter in landing.waiters { waiter.continuation.resume(returning: landing.lookup) }
        return landing.begins
    }

    // MARK: Keeping

    /// Drops what was used least recently until the rest is within its bounds; what holds no reading goes first.
    private func makeRoom() {
        guard shelves.count > policy.maxEntries || size.bytes > policy.maxBytes else { return }
        eviction.withLock { _ in
            let candidates = shelves.all.map { (entry: $0, holds: $0.holds, use: $0.lastUse) }
                .sorted { !$0.holds && $1.holds || $0.holds == $1.holds && $0.use < $1.use }
            // A few more at once, since looking for them takes a while.
            let (entries, bytes) = (policy.maxEntries - policy.maxEntries / 64, policy.maxBytes - policy.maxBytes / 64)
            let (isCrowded, isLarge) = (shelves.count > policy.maxEntries, size.bytes > policy.maxBytes)
            for (entry, _, _) in candidates {
                guard isCrowded && shelves.count > entries || isLarge && size.bytes > bytes else { return }
                drop(entry)
            }
        }
    }

    /// Drops what is of no more use to anybody.
    func prune() {
        let now = timepiece.moment
        for entry in shelves.all where entry.isSpent(at: now) { drop(entry) }
    }

    private func drop(_ entry: CacheEntry) {
        guard entry.retire() else { return }
        shelves.remove(entry)
        changes.removed(entry.key)
    }

    /// Takes over readings of an earlier process, each with its age.
    func restore(_ restored: [ReadingSnapshot]) {
        let now = timepiece.moment
        let wall = max(now.wall, wallHighWater)
        for snapshot in restored where desks[snapshot.key.vendor]?.vendor.isEnabled == true {
            let terms = terms(of: snapshot.key.topic)
            // A reading of the future tells that a clock was set back; it is old enough to be renewed.
            let age =
                snapshot.readAt > wall
                ? terms.fresh : .milliseconds(wall.milliseconds - snapshot.readAt.milliseconds)
            guard age <= policy.maxStale else { continue }
            let begunAt = now.elapsed - age
            let (entry, _) = shelves.entry(snapshot.key) {
                CacheEntry(key: snapshot.key, terms: terms, size: size, at: begunAt)
            }
            entry.restore(EntryState.Held(snapshot.value, readAt: snapshot.readAt, begunAt: begunAt))
        }
        makeRoom()
    }

    /// The latest time that is known to have passed.
    var latestWall: Date { max(timepiece.now(), wallHighWater) }

    /// Begins no more calls, and ends those under way.
    func stop() { flights.close() }
}

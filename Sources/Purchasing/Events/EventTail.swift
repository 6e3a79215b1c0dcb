import DequeModule

/// The newest events, read once for all who follow them.
///
/// Whoever follows asks here first; whoever has fallen behind what is held reads the store until it has caught up, at its
/// own pace and at nobody's cost.
public actor EventTail {
    /// How many events are held.
    static let length = 1000
    /// How many are read at once by somebody who is behind.
    static let piece = 200

    private let store: any OrderStore
    /// Without gaps.
    private var events: Deque<PlacedEvent> = []
    /// Behind which place the events begin; nil before anybody had caught up.
    private var start: Int64?
    private var reading: Task<StoreError?, Never>?

    public init(store: any OrderStore) { self.store = store }

    /// The events behind a place that match, and the place up to which there are no others. Nothing is behind it when that is
    /// the place that was asked for: then it is time to wait.
    /// - Throws: `StoreError.unavailable`.
    public func next(_ query: EventQuery) async throws(StoreError) -> (events: [PlacedEvent], place: Int64) {
        guard let start, query.after >= start else { return try await catchUp(query) }
        if query.after > end { hold(from: query.after) }
        if query.after == end { try await extend() }
        // Somebody else may have caught up meanwhile, from where on others are held by now.
        guard let start = self.start, query.after >= start else { return try await catchUp(query) }
        let first = events.partitioningIndex { $0.place > query.after }
        return (events[first...].filter(query.matches), max(query.after, end))
    }

    private var end: Int64 { (start ?? 0) + Int64(events.count) }

    private func hold(from place: Int64) {
        events = []
        start = place
    }

    /// Reads what only one asks for; what comes behind it is held from then on.
    private func catchUp(_ query: EventQuery) async throws(StoreError) -> (events: [PlacedEvent], place: Int64) {
        let last = try await store.lastPlace()
        var query = query
        query.limit = Self.piece
        let found = try await store.events(query)
        if found.count == query.limit, let place = found.last?.place { return (found, place) }
        let place = max(found.last?.place ?? 0, last, query.after)
        if start.map({ _ in place > end }) ?? true { hold(from: place) }
        return (found, place)
    }

    /// Reads what is new, once for all who wait for it. A reading that was under way before may have missed what its caller
    /// was told of, so where that found nothing another one begins.
    private func extend() async throws(StoreError) {
        let before = end
        if let reading {
            if let error = await reading.value { throw error }
            if end > before { return }
        }
        let task = reading ?? Task { await self.readOn() }
        reading = task
        if let error = await task.value { throw error }
    }

    private func readOn() async -> StoreError? {
        defer { reading = nil }
        let behind = end
        do throws(StoreError) {
            let fresh = try await store.events(EventQuery(after: behind, limit: Self.length))
            guard end == behind else { return nil }
            events.append(contentsOf: fresh)
            let surplus = max(0, events.count - Self.length)
            events.removeFirst(surplus)
            start = (start ?? 0) + Int64(surplus)
            return nil
        } catch { return error }
    }
}

extension Deque<PlacedEvent> {
    /// The first index from which on a condition holds, where it holds for everything behind the first.
    fileprivate func partitioningIndex(where condition: (PlacedEvent) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

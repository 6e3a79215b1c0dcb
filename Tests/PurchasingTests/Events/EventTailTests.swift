import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventTailTests {
    /// Follows until a place; gives what it met.
    private static func follow(
        _ tail: EventTail, _ store: MemoryOrderStore, _ query: EventQuery, to last: Int64
    ) async throws -> [PlacedEvent] {
        var (query, seen): (EventQuery, [PlacedEvent]) = (query, [])
        while query.after < last {
            let rings = store.signal.watch(client: query.client)
            let (events, place) = try await tail.next(query)
            seen += events
            if place == query.after {
                var iterator = rings.makeAsyncIterator()
                _ = await iterator.next()
            }
            query.after = place
        }
        return seen
    }

    private static func fill(_ store: MemoryOrderStore, _ count: Int) async throws {
        for number in 0..<count {
            let accepting = OrderChange.accepting(.example(client: number % 3 == 0 ? "acme" : "zenith"))
            _ = try await store.accept(accepting)
            try await store.commit(try OrderChange.example(accepting.order, taking: .withdrawn))
        }
    }

    @Test func `whoever follows meets each event once, in order, from wherever it begins`() async throws {
        let store = MemoryOrderStore()
        let tail = EventTail(store: store)
        try await Self.fill(store, 300)
        try await withThrowingTaskGroup(of: (EventQuery, [PlacedEvent]).self) { group in
            for start in [0, 1, 150, 599, 600] {
                for client in [nil, "acme"] {
                    group.addTask {
                        let query = EventQuery(after: Int64(start), client: client)
                        // Two events of an order; each third order is of acme, and nobody else's rings for it.
                        let last: Int64 = client == nil ? 2400 : 2396
                        return (query, try await Self.follow(tail, store, query, to: last))
                    }
                }
            }
            group.addTask {
                try await Self.fill(store, 900)
                return (EventQuery(after: .max), [])
            }
            var results: [(EventQuery, [PlacedEvent])] = []
            for try await result in group { results.append(result) }
            let all = try await store.events(EventQuery(limit: 10_000))
            #expect(all.count == 2400)
            for (query, seen) in results { #expect(seen == all.filter(query.matches), "\(query)") }
        }
    }

    @Test func `what many wait for is read once`() async throws {
        let store = MemoryOrderStore()
        let tail = EventTail(store: store)
        try await Self.fill(store, 10)
        _ = try await tail.next(EventQuery(after: 20))
        try await Self.fill(store, 10)
        let before = await store.feedReads
        for _ in 0..<100 {
            let (events, place) = try await tail.next(EventQuery(after: 20))
            #expect(events.count == 20)
            #expect(place == 40)
        }
        #expect(await store.feedReads == before + 1)
    }

    @Test func `a store that cannot be read says so, and the next reading goes on`() async throws {
        let store = MemoryOrderStore()
        let tail = EventTail(store: store)
        _ = try await tail.next(EventQuery())
        try await Self.fill(store, 1)
        await store.fail(with: .unavailable("broken"))
        await #expect(throws: StoreError.self) { try await tail.next(EventQuery()) }
        await store.fail(with: nil)
        let (events, _) = try await tail.next(EventQuery())
        #expect(events.count == 2)
    }

    @Test func `who waits for a reading misses nothing that somebody else has caught up with meanwhile`() async throws {
        let store = MemoryOrderStore()
        let slow = HoldingStore(store)
        let tail = EventTail(store: slow)
        try await Self.fill(store, 1)
        _ = try await tail.next(EventQuery())
        try await Self.fill(store, 1)
        slow.holdNextReading()
        async let waiting = tail.next(EventQuery(after: 2))
        while slow.waiting == 0 { await Task.yield() }
        let (all, _) = try await tail.next(EventQuery())
        #expect(all.map(\.place) == [1, 2, 3, 4])
        slow.release()
        let (events, place) = try await waiting
        #expect(events.map(\.place) == [3, 4])
        #expect(place == 4)
    }
}

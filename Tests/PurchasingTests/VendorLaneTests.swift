import Foundation
import Synchronization
import Testing

@testable import Purchasing

@Suite struct VendorLaneTests {
    @Test func `no more go in than the lane is wide, and they go in the order in which they came`() async {
        let lane = VendorLane(width: 1)
        #expect(lane.tryEnter())
        #expect(!lane.tryEnter())
        let (entered, continuation) = AsyncStream.makeStream(of: Int.self)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    #expect(await lane.enter())
                    #expect(lane.inside == 1)
                    continuation.yield(number)
                    lane.leave()
                }
            }
            lane.leave()
            await group.waitForAll()
        }
        continuation.finish()
        var seen: [Int] = []
        for await number in entered { seen.append(number) }
        #expect(seen.sorted() == Array(0..<20))
        #expect(lane.inside == 0)
    }

    @Test func `a lane that is closed sends away who waits, and lets in who finds room`() async {
        let lane = VendorLane(width: 1)
        #expect(lane.tryEnter())
        let waiters = (0..<20).map { _ in Task { await lane.enter() } }
        lane.close()
        for waiter in waiters { #expect(await waiter.value == false) }
        #expect(await lane.enter() == false)
        lane.leave()
        #expect(lane.inside == 0)
        #expect(await lane.enter())
    }

    @Test func `a waiter that is cancelled leaves the queue and takes no room`() async {
        let lane = VendorLane(width: 1)
        #expect(lane.tryEnter())
        for _ in 0..<200 {
            let waiter = Task { await lane.enter() }
            waiter.cancel()
            #expect(await waiter.value == false)
        }
        lane.leave()
        #expect(lane.inside == 0)
        #expect(lane.tryEnter())
    }

    @Test func `an occupied lane lets nobody in until it has been left as often`() async {
        let lane = VendorLane(width: 1)
        lane.occupy()
        lane.occupy()
        lane.leave()
        #expect(!lane.tryEnter())
        lane.leave()
        #expect(lane.tryEnter())
    }
}

@Suite struct CircuitTests {
    static let now = Date(milliseconds: 1_780_000_000_000)

    @Test func `failures in a row open it, an answer closes it`() {
        let circuit = Circuit(failures: 3, rest: .seconds(30))
        #expect(!circuit.noteFailure(at: Self.now))
        #expect(!circuit.noteFailure(at: Self.now))
        circuit.noteAnswer()
        #expect(!circuit.noteFailure(at: Self.now))
        #expect(!circuit.noteFailure(at: Self.now))
        #expect(circuit.remainingRest(at: Self.now) == nil)
        #expect(circuit.noteFailure(at: Self.now))
        #expect(circuit.remainingRest(at: Self.now) == .seconds(30))
        #expect(!circuit.noteFailure(at: Self.now))
        circuit.noteAnswer()
        #expect(circuit.remainingRest(at: Self.now) == nil)
    }

    @Test func `it stays open until somebody has tried the vendor`() {
        let circuit = Circuit(failures: 1, rest: .seconds(30))
        #expect(circuit.noteFailure(at: Self.now))
        #expect(circuit.remainingRest(at: Self.now.addingTimeInterval(100)) == .seconds(1))
        circuit.restOn(from: Self.now.addingTimeInterval(100))
        #expect(circuit.remainingRest(at: Self.now.addingTimeInterval(100)) == .seconds(30))
    }
}

@Suite struct VendorQueueTests {
    private static let ids = IdentifierSource { 1 }

    private func occupied() -> VendorLane {
        let lane = VendorLane(width: 1)
        lane.occupy()
        return lane
    }

    /// What became of an order that waits.
    private final class Wait: Sendable {
        private let ends = Mutex<[VendorLane.Entrance]>([])
        var end: [VendorLane.Entrance] { ends.withLock { $0 } }

        init(_ id: OrderID = VendorQueueTests.ids.next(.order), since: Duration = .zero, in lane: VendorLane) {
            lane.queue(id, since: since) { end in self.ends.withLock { $0.append(end) } }
        }
    }

    @Test func `orders and other work go in one queue, in the order in which they came`() async {
        let lane = occupied()
        let first = Wait(in: lane)
        let second = Task { await lane.enter() }
        for _ in 0..<100 { await Task.yield() }
        lane.leave()
        #expect(first.end == [.entered])
        lane.leave()
        #expect(await second.value)
        lane.leave()
        #expect((lane.inside, lane.waitingOrders) == (0, 0))
    }

    @Test func `an order that finds room does not wait`() {
        let lane = VendorLane(width: 1)
        #expect(Wait(in: lane).end == [.entered])
        #expect((lane.inside, lane.waitingOrders) == (1, 0))
    }

    @Test func `an order that is dismissed leaves its place in the queue, and no other does`() {
        let lane = occupied()
        let (gone, stays) = (Self.ids.next(.order), Self.ids.next(.order))
        let (first, second) = (Wait(gone, in: lane), Wait(stays, in: lane))
        lane.dismiss(gone)
        lane.dismiss(gone)
        #expect(first.end == [.withdrawn])
        lane.leave()
        #expect(second.end == [.entered])
        lane.dismiss(stays)
        #expect(second.end == [.entered])
        #expect((lane.inside, lane.waitingOrders) == (1, 0))
    }

    @Test func `those who wait for too long are sent away, and nobody else`() {
        let lane = occupied()
        let waits = [1, 2, 3].map { Wait(since: .seconds($0), in: lane) }
        #expect(lane.longestWait == .seconds(1))
        lane.dismissWaiting(since: .seconds(2))
        #expect(waits.map(\.end) == [[.timeIsUp], [.timeIsUp], []])
        #expect(lane.longestWait == .seconds(3))
        lane.leave()
        #expect(waits[2].end == [.entered])
        #expect(lane.longestWait == nil)
    }

    @Test func `the first that waits is told of, and one that waited before anybody listened`() async {
        let lane = occupied()
        let first = Wait(in: lane)
        var arrivals = lane.arrivals().makeAsyncIterator()
        #expect(await arrivals.next() != nil)
        lane.leave()
        #expect(first.end == [.entered])
        let second = Wait(in: lane)
        #expect(await arrivals.next() != nil)
        lane.close()
        #expect(second.end == [.stopped])
        #expect(Wait(in: lane).end == [.stopped])
    }
}

import Foundation
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

    /// Lets an order queue up, and returns once it does.
    private func queue(_ id: OrderID, since: Duration = .zero, in lane: VendorLane) async -> Task<
        VendorLane.Entrance, Never
    > {
        let before = lane.waiting
        let waiter = Task { await lane.enter(id, since: since) }
        while lane.waiting == before { await Task.yield() }
        return waiter
    }

    @Test func `orders and other work go in one queue, in the order in which they came`() async {
        let lane = occupied()
        let first = await queue(Self.ids.next(.order), in: lane)
        let second = Task { await lane.enter() }
        while lane.waiting < 2 { await Task.yield() }
        lane.leave()
        #expect(await first.value == .entered)
        #expect(lane.waiting == 1)
        lane.leave()
        #expect(await second.value)
        #expect((lane.inside, lane.waiting) == (1, 0))
    }

    @Test func `an order that is dismissed leaves its place in the queue, and no other does`() async {
        let lane = occupied()
        let (gone, stays) = (Self.ids.next(.order), Self.ids.next(.order))
        let (first, second) = (await queue(gone, in: lane), await queue(stays, in: lane))
        lane.dismiss(gone)
        lane.dismiss(gone)
        #expect(await first.value == .withdrawn)
        lane.leave()
        #expect(await second.value == .entered)
        lane.dismiss(stays)
        #expect(lane.inside == 1)
    }

    @Test func `those who wait for too long are sent away, whatever waits between them`() async {
        let lane = occupied()
        let late = await queue(Self.ids.next(.order), since: .seconds(1), in: lane)
        let other = Task { await lane.enter() }
        while lane.waiting < 2 { await Task.yield() }
        let alsoLate = await queue(Self.ids.next(.order), since: .seconds(2), in: lane)
        let early = await queue(Self.ids.next(.order), since: .seconds(3), in: lane)
        #expect(lane.longestWait == .seconds(1))
        lane.dismissWaiting(since: .seconds(2))
        #expect(await late.value == .timeIsUp)
        #expect(await alsoLate.value == .timeIsUp)
        #expect(lane.longestWait == .seconds(3))
        lane.leave()
        #expect(await other.value)
        lane.leave()
        #expect(await early.value == .entered)
        #expect(lane.longestWait == nil)
    }

    @Test func `the first that waits is told, and one that waited before anybody listened`() async {
        let lane = occupied()
        let first = await queue(Self.ids.next(.order), in: lane)
        var arrivals = lane.arrivals().makeAsyncIterator()
        #expect(await arrivals.next() != nil)
        lane.leave()
        #expect(await first.value == .entered)
        let second = await queue(Self.ids.next(.order), in: lane)
        #expect(await arrivals.next() != nil)
        lane.close()
        #expect(await second.value == .stopped)
        #expect(await lane.enter(Self.ids.next(.order), since: .zero) == .stopped)
    }
}

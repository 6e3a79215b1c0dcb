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

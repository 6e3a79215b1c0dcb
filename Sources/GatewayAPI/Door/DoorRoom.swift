import HummingbirdCore
import NIOCore
import Synchronization

/// The places for connections at one address, and which of them are taken by connections that wait for a request.
///
/// When all places are taken, the connection that has waited longest makes room, so that connections which ask for nothing
/// cannot keep out a caller who does, or who looks after the gateway's health. One that has waited less than the grace is
/// left alone, since its first request may be on its way.
final class DoorRoom: Sendable {
    private struct Idle {
        let since: NIODeadline
        let door: NIOLoopBound<DoorHandler>
    }

    private struct State {
        var taken = 0
        var isFull = false
        /// Whether somebody was asked to make room, and has had no time for it yet.
        var isAsking = false
        var idle: [ObjectIdentifier: Idle] = [:]
    }

    private let state = Mutex(State())

    func opened() { state.withLock { $0.taken += 1 } }

    func closed() { state.withLock { $0.taken -= 1 } }

    /// Whether there is a place; if not, one is made as soon as may be.
    func hasPlace(of count: Int, grace: TimeAmount) -> Bool {
        let isFull = state.withLock { state in
            state.isFull = state.taken >= count
            return state.isFull
        }
        if isFull { makeRoom(grace) }
        return !isFull
    }

    /// A connection waits for its next request from now on.
    func waits(_ door: DoorHandler, on loop: any EventLoop, grace: TimeAmount) {
        let isFull = state.withLock { state in
            state.idle[ObjectIdentifier(door)] = Idle(since: .now(), door: NIOLoopBound(door, eventLoop: loop))
            return state.isFull
        }
        if isFull { makeRoom(grace) }
    }

    /// A connection has something to do again, or is gone.
    func waitsNoMore(_ door: DoorHandler) {
        state.withLock { state in _ = state.idle.removeValue(forKey: ObjectIdentifier(door)) }
    }

    /// Has the connection that has waited longest closed, once its grace is over; asks again when that brought nothing.
    private func makeRoom(_ grace: TimeAmount) {
        let longest = state.withLock { state in
            guard state.isFull, !state.isAsking else { return Idle?.none }
            let longest = state.idle.values.min { $0.since < $1.since }
            state.isAsking = longest != nil
            return longest
        }
        guard let longest else { return }
        let loop = longest.door.eventLoop
        loop.scheduleTask(deadline: longest.since + grace) { [self] in
            let canLeave = isWaiting(longest)
            if canLeave { longest.door.value.makeRoom() }
            loop.scheduleTask(in: canLeave ? .milliseconds(100) : .zero) { [self] in
                state.withLock { $0.isAsking = false }
                makeRoom(grace)
            }
        }
    }

    private func isWaiting(_ idle: Idle) -> Bool {
        state.withLock { $0.idle[ObjectIdentifier(idle.door.value)]?.since == idle.since }
    }
}

/// Tells Hummingbird whether there is room for a connection.
struct DoorPlaces: AvailableConnectionsDelegate {
    let room: DoorRoom
    let count: Int
    let grace: TimeAmount

    mutating func connectionOpened() { self.room.opened() }
    mutating func connectionClosed() { self.room.closed() }
    func isAcceptingNewConnections() -> Bool { self.room.hasPlace(of: self.count, grace: self.grace) }
}

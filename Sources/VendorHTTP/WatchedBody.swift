import NIOCore
import Synchronization

/// The body of a request, given out once, that notes when it is first asked for.
///
/// The HTTP client asks for it only after the name was resolved, the connection and TLS stand, and the head was written.
/// Once `withhold()` has said that nobody asked, nobody gets it any more: that is the proof that a purchase never left.
final class WatchedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private enum State {
        case waiting
        case asked
        case withheld
    }

    /// The body is not to be sent, or not a second time.
    struct Withheld: Error {}

    let bytes: [UInt8]
    private let state = Mutex(State.waiting)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Ends the giving out.
    /// - Returns: whether the body was never asked for, so that not one byte of it can have left.
    func withhold() -> Bool {
        state.withLock { state in
            guard case .asked = state else {
                state = .withheld
                return true
            }
            return false
        }
    }

    private func take() throws -> ByteBuffer {
        try state.withLock { state in
            guard case .waiting = state else { throw Withheld() }
            state = .asked
        }
        return ByteBuffer(bytes: bytes)
    }

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncIteratorProtocol {
        private let body: WatchedBody
        private var isDone = false

        init(body: WatchedBody) { self.body = body }

        mutating func next() async throws -> ByteBuffer? {
            if isDone { return nil }
            isDone = true
            return try body.take()
        }
    }
}

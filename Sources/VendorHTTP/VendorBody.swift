import AsyncHTTPClient
public import NIOCore
import Synchronization

/// The body of a download, read once, by one reader at a time.
///
/// Nothing is read from the vendor before it is asked for, so a slow reader holds the vendor back and no more than the HTTP
/// client's own buffer waits in memory. Dropping it ends the call.
public final class VendorBody: Sendable {
    private typealias Piece = Result<ByteBuffer, TransportFailure>

    private let wants: AsyncStream<Void>.Continuation
    private let pieces: AsyncStream<Piece>
    private let pump: Task<Void, Never>
    private let idle: Duration
    private let end: ContinuousClock.Instant
    /// Why it broke; from then on it is broken, and never at its end.
    private let failure = Mutex<TransportFailure?>(nil)

    /// - Parameters:
    ///   - limit: how many bytes there may be.
    ///   - idle: how long one piece may take.
    ///   - longest: how long all of them may take, from now on.
    init(_ body: HTTPClientResponse.Body, limit: Int, idle: Duration, longest: Duration) {
        let (asked, wants) = AsyncStream.makeStream(of: Void.self)
        let (pieces, given) = AsyncStream.makeStream(of: Piece.self)
        self.wants = wants
        self.pieces = pieces
        self.idle = idle
        end = .now + longest
        pump = Task { await Self.pump(body, limit: limit, asked, into: given) }
    }

    deinit { pump.cancel() }

    /// The next piece; nil once the whole body has been read.
    /// - Throws: `TransportFailure` `lost` when the body breaks off, is too large, or does not come in time.
    public func next() async throws(TransportFailure) -> ByteBuffer? {
        if let failure = failure.withLock({ $0 }) { throw failure }
        wants.yield()
        switch await arrival(within: min(idle, end - .now)) {
        case .piece(.success(let bytes)): return bytes
        case .piece(.failure(let failure)): throw broken(by: failure)
        case .end: return nil
        case nil: throw broken(by: .lost(Task.isCancelled ? .canceled : .deadline))
        }
    }

    private func broken(by failure: TransportFailure) -> TransportFailure {
        pump.cancel()
        self.failure.withLock { $0 = failure }
        return failure
    }

    private func arrival(within time: Duration) async -> Arrival? {
        await withTaskGroup(of: Arrival?.self) { [pieces] group in
            group.addTask { await Self.first(of: pieces) }
            group.addTask { await VendorHTTPClient.silence(for: time) }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private enum Arrival {
        case piece(Piece)
        case end
    }

    private static func first(of pieces: AsyncStream<Piece>) async -> Arrival? {
        for await piece in pieces { return .piece(piece) }
        return Task.isCancelled ? nil : .end
    }

    /// Reads one piece each time that one is asked for.
    private static func pump(
        _ body: HTTPClientResponse.Body, limit: Int, _ asked: AsyncStream<Void>,
        into given: AsyncStream<Piece>.Continuation
    ) async {
        var iterator = body.makeAsyncIterator()
        var count = 0
        for await _ in asked {
            do {
                guard let bytes = try await iterator.next() else { break }
                count += bytes.readableBytes
                guard count <= limit else {
                    given.yield(.failure(.lost(.bodyTooLarge)))
                    break
                }
                given.yield(.success(bytes))
            } catch {
                given.yield(.failure(TransportFailure(error, provesNothingLeft: false)))
                break
            }
        }
        given.finish()
    }
}

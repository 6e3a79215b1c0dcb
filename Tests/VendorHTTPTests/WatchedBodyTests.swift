import NIOCore
import Testing

@testable import VendorHTTP

struct `A watched body` {
    @Test func `is given out once`() async throws {
        let body = WatchedBody([1, 2, 3])
        var first = body.makeAsyncIterator()
        #expect(try await first.next() == ByteBuffer(bytes: [1, 2, 3]))
        #expect(try await first.next() == nil)
        var second = body.makeAsyncIterator()
        await #expect(throws: WatchedBody.Withheld.self) { try await second.next() }
        #expect(!body.withhold())
    }

    @Test func `that was withheld never leaves`() async {
        let body = WatchedBody([1])
        #expect(body.withhold())
        var iterator = body.makeAsyncIterator()
        await #expect(throws: WatchedBody.Withheld.self) { try await iterator.next() }
        #expect(body.withhold())
    }

    @Test func `is given out or withheld, never both`() async {
        for _ in 0..<500 {
            let body = WatchedBody([1])
            async let isGiven: Bool = {
                var iterator = body.makeAsyncIterator()
                do { return try await iterator.next() != nil } catch { return false }
            }()
            let isWithheld = body.withhold()
            #expect(await isGiven != isWithheld)
        }
    }
}

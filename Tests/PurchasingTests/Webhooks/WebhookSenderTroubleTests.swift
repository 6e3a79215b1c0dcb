import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What happens beside the sending: tidying, an end, an operator who cannot wait, a store that fails.
@Suite(.timeLimit(.minutes(1))) struct WebhookSenderTroubleTests {
    private typealias Post = WebhookSenderTests.Post

    /// Lets the others run until something holds, and no longer than that could take.
    private static func soon(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<30_000 {
            if try await condition() { return true }
            await Task.yield()
        }
        return false
    }

    @Test func `nobody waits while old deliveries are forgotten`() async throws {
        let store = MemoryOrderStore()
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        await store.forget {
            beginning.yield()
            for await _ in gate { return }
        }
        try await Post.open(store: store) { post in
            for await _ in began { break }
            let webhook = try await post.added(.example())
            try await post.happen(orders: 1)
            #expect(
                try await Self.soon {
                    let rows = try await post.rows(webhook)
                    return rows.count == 2 && rows.allSatisfy { $0.status == .delivered }
                })
            await store.forget {}
            opening.finish()
        }
    }

    @Test func `an end gives all receivers the same moment, and none another event`() async throws {
        try await Post.open(width: 1) { post in
            for _ in 0..<3 { _ = try await post.added(.example()) }
            post.courier.hold()
            try await post.happen(orders: 3)
            try await post.until { post.courier.waiting == 3 }
            post.running.cancel()
            #expect(try await Self.soon { post.clock.sleepers == 3 }, "one moment each, side by side")
            post.courier.release()
            await post.running.value
            #expect(post.courier.sent.count == 3)
        }
    }

    @Test func `what an operator sends again while it is tried is tried again at once`() async throws {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            post.courier.hold()
            _ = try await post.store.accept(.accepting(.example(createdAt: post.clock.now)))
            try await post.until { post.courier.waiting == 1 }
            let event = try #require(try await post.rows(webhook).first?.event.id)
            post.clock.advance(by: .seconds(1))
            _ = try await post.store.resend(event, to: webhook.number, at: post.clock.now)
            let courier = post.courier
            courier.answer { _ in .answered(status: courier.sent.isEmpty ? 500 : 204, retryAfter: nil) }
            courier.release()
            #expect(try await Self.soon { try await post.rows(webhook).first?.status == .delivered })
            let row = try #require(try await post.rows(webhook).first)
            #expect(row.attempts == 2 && row.tries == 1)
        }
    }

    @Test func `a receiver is called disabled once that is stored`() async throws {
        let lines = LogLines()
        try await Post.open(lines: lines) { post in
            let webhook = try await post.added(.example())
            post.courier.hold()
            post.courier.answer { _ in .answered(status: 410, retryAfter: nil) }
            _ = try await post.store.accept(.accepting(.example(createdAt: post.clock.now)))
            try await post.until { post.courier.waiting == 1 }
            await post.store.fail(with: .unavailable("the disk is full"))
            post.courier.release()
            try await post.until { post.courier.sent.count == 1 }
            await post.pass(6, steps: 1)
            #expect(!lines.all.contains { $0.contains("it is disabled") })
            await post.store.fail(with: nil)
            await post.pass(12, steps: 1)
            try await post.until { try await post.store.webhook(webhook.id)?.stop?.reason == .gone }
            #expect(try await Self.soon { lines.all.contains { $0.contains("it is disabled") } })
        }
    }
}

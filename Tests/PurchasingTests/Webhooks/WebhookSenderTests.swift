import ExactJSON
import Foundation
import Logging
import PurchasingTestKit
import Testing

@testable import Purchasing

@Suite(.timeLimit(.minutes(1))) struct WebhookSenderTests {
    /// A sender over a store, a clock that stands still, and receivers that answer as they are told.
    struct Post: Sendable {
        let store: MemoryOrderStore
        let clock: ManualClock
        let courier: ScriptedCourier
        let sender: WebhookSender
        /// What sends, until it is cancelled.
        let running: Task<Void, Never>

        /// Runs a sender for the length of a closure.
        static func open(
            width: Int = 4, store: MemoryOrderStore = MemoryOrderStore(), clock: ManualClock = ManualClock(),
            lines: LogLines = LogLines(), _ body: @escaping @Sendable (Post) async throws -> Void
        ) async throws {
            let courier = ScriptedCourier(clock: clock)
            var policy = WebhookPolicy()
            policy.width = width
            let sender = WebhookSender(
                store: store, courier: courier, policy: policy, timepiece: clock.timepiece,
                logger: Logger(label: "test") { _ in LineKeeper(lines: lines) }, chance: { 0.5 })
            let running = Task { await sender.run() }
            try await body(Post(store: store, clock: clock, courier: courier, sender: sender, running: running))
            courier.release()
            running.cancel()
            await running.value
        }

        func added(_ webhook: Webhook) async throws -> Webhook {
            try await store.insert(webhook)
            await sender.lookAgain()
            return try #require(try await store.webhook(webhook.id))
        }

        /// Orders of two events each.
        func happen(orders: Int) async throws {
            for _ in 0..<orders {
                let change = OrderChange.accepting(.example(createdAt: clock.now))
                _ = try await store.accept(change)
                try await store.commit(.example(change.order, taking: .withdrawn, at: clock.now))
            }
        }

        func rows(_ webhook: Webhook) async throws -> [WebhookDelivery] {
            try await store.deliveries(.init(number: webhook.number, limit: 10_000)).reversed()
        }

        /// Waits until something holds, letting the others run.
        func until(_ condition: () async throws -> Bool) async throws {
            while try await !condition() {
                try Task.checkCancellation()
                await Task.yield()
            }
        }

        func untilDelivered(_ webhook: Webhook, except order: OrderID) async throws {
            var isDone = false
            while !isDone {
                let others = try await rows(webhook).filter { $0.event.orderID != order }
                isDone = others.allSatisfy { $0.status == .delivered }
                await Task.yield()
            }
        }

        /// Lets time pass in steps, each once so many sleep as do when nothing can be done now: the one who tidies up, and
        /// whoever waits for the next attempt.
        func pass(_ seconds: Int, steps: Int = 60, sleeping: Int = 2) async {
            for _ in 0..<steps {
                await settle(sleeping)
                clock.advance(by: .milliseconds(seconds * 1000 / steps))
            }
            await settle(sleeping)
        }

        private func settle(_ sleeping: Int) async {
            var patience = 300_000
            while clock.sleepers < sleeping, patience > 0 {
                await Task.yield()
                patience -= 1
            }
            for _ in 0..<20 { await Task.yield() }
        }
    }

    /// The ids that each order's receiver was sent, in the order of their first delivery.
    private static func taken(_ courier: ScriptedCourier) -> [String: [String]] {
        var taken: [String: [String]] = [:]
        for sent in courier.sent where sent.reply.reason == nil {
            taken[sent.request.orderID, default: []].append(sent.request.id)
        }
        return taken
    }

    private static let down: @Sendable (WebhookRequest) -> WebhookReply = { _ in .failed(.notConnected) }
    private static let up: @Sendable (WebhookRequest) -> WebhookReply = { _ in .answered(status: 204, retryAfter: nil) }

    @Test func `every event arrives once, signed, in the order of its order`() async throws {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            try await post.happen(orders: 20)
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
            let events = try await post.store.events(EventQuery(limit: 100)).map(\.event)
            let taken = Self.taken(post.courier)
            #expect(taken.values.map(\.count).reduce(0, +) == 40)
            for (order, ids) in taken {
                #expect(ids == events.filter { $0.orderID.text == order }.map(\.id.text))
            }
            let sent = try #require(post.courier.sent.first)
            let event = try #require(events.first { $0.id.text == sent.request.id })
            let body = try JSON(parsing: String(decoding: sent.request.body, as: UTF8.self))
            #expect(body["type"] == .string(event.type.text) && body["timestamp"] == .string(event.at.rfc3339))
            #expect(body["data"] == event.document)
            #expect(
                sent.request.signature
                    == WebhookSignature.value(
                        id: event.id.text, time: post.clock.now, body: sent.request.body, secrets: [webhook.secret]))
            #expect(post.sender.figures.count(.delivered) == 40)
        }
    }

    @Test func `a receiver that was down for an hour gets every event soon after it is back, in order per order`()
        async throws
    {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            post.courier.answer(Self.down)
            for _ in 0..<30 {
                try await post.happen(orders: 5)
                await post.pass(120, steps: 12)
            }
            let resting = try #require(try await post.store.webhook(webhook.id))
            #expect(resting.status == .resting && resting.health.reason == "not_connected")
            let triedInVain = post.courier.sent.count
            #expect(triedInVain < 40, "\(triedInVain) attempts in an hour are a storm")
            post.courier.answer(Self.up)
            await post.pass(340, steps: 1)
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
            let events = try await post.store.events(EventQuery(limit: 1000)).map(\.event)
            let taken = Self.taken(post.courier)
            #expect(taken.count == 150)
            for (order, ids) in taken {
                #expect(ids == events.filter { $0.orderID.text == order }.map(\.id.text))
            }
            #expect(post.courier.sent.filter { $0.reply.reason == nil }.count == 300, "once each, where it was taken")
            #expect(try await post.store.webhook(webhook.id)?.status == .active)
        }
    }

    @Test func `an event that is refused holds up its order alone, and is tried with growing pauses for three days`()
        async throws
    {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            try await post.happen(orders: 1)
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
            let poison = Order.example(createdAt: post.clock.now)
            post.courier.answer { $0.orderID == poison.id.text ? .answered(status: 400, retryAfter: nil) : Self.up($0) }
            let change = OrderChange.accepting(poison)
            _ = try await post.store.accept(change)
            try await post.store.commit(.example(change.order, taking: .withdrawn, at: post.clock.now))
            var hours = 0
            while hours < 80 {
                try await post.happen(orders: 1)
                await post.pass(3600, steps: 2)
                hours += 1
            }
            let id = poison.id
            try await post.untilDelivered(webhook, except: id)
            let bad = try await post.rows(webhook).filter { $0.event.orderID == id }
            #expect(bad.map(\.status) == [.failed, .pending] || bad.map(\.status) == [.failed, .failed])
            #expect(bad.first?.lastReason == "status_400" && bad.first?.lastStatus == 400)
            let tries = post.courier.sent.filter { $0.request.id == bad.first?.event.id.text }
            #expect(tries.count == 10 && Set(tries.map(\.request.body)).count == 1, "the same bytes each time")
            #expect(Set(tries.map(\.request.timestamp)).count == 10, "each signed at its own time")
        }
    }

    @Test func `one receiver does not wait for another, nor one order for another`() async throws {
        try await Post.open(width: 2) { post in
            let (slow, quick) = (
                try await post.added(.example(url: "https://slow.example/")), try await post.added(.example())
            )
            post.courier.hold()
            try await post.happen(orders: 3)
            try await post.until { post.courier.waiting == 4 }
            let other = post.courier
            other.release()
            try await post.until {
                let rows = try await post.rows(slow) + post.rows(quick)
                return rows.count == 12 && rows.allSatisfy { $0.status == .delivered }
            }
        }
    }

    @Test func `no more is under way at a receiver than it is wide`() async throws {
        try await Post.open(width: 3) { post in
            let webhook = try await post.added(.example())
            post.courier.hold()
            try await post.happen(orders: 50)
            try await post.until { post.courier.waiting == 3 }
            await post.pass(1, steps: 3, sleeping: 1)
            #expect(post.courier.waiting == 3)
            post.courier.release()
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
        }
    }

    @Test func `a receiver that answers 410 is sent nothing more, and says why`() async throws {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            post.courier.answer { _ in .answered(status: 410, retryAfter: nil) }
            try await post.happen(orders: 1)
            try await post.until { try await post.store.webhook(webhook.id)?.stop != nil }
            let count = post.courier.sent.count
            try await post.happen(orders: 5)
            await post.pass(3600, sleeping: 1)
            #expect(post.courier.sent.count == count)
            let stopped = try #require(try await post.store.webhook(webhook.id))
            #expect(stopped.stop?.reason == .gone && stopped.status == .disabled)
            #expect(try await post.rows(webhook).count <= 2)
        }
    }

    @Test func `a receiver that asks for a pause gets it`() async throws {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            post.courier.answer { _ in .answered(status: 429, retryAfter: .seconds(120)) }
            try await post.happen(orders: 1)
            try await post.until { post.courier.sent.count == 1 }
            post.courier.answer(Self.up)
            await post.pass(118)
            #expect(post.courier.sent.count == 1)
            await post.pass(4, steps: 1)
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
        }
    }

    @Test func `what could not be marked is sent again, with the same id`() async throws {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            post.courier.hold()
            try await post.happen(orders: 1)
            try await post.until { post.courier.waiting == 1 }
            await post.store.fail(with: .unavailable("the disk is full"))
            post.courier.release()
            try await post.until { post.courier.sent.count == 1 }
            await post.pass(2)
            #expect(post.courier.sent.count == 1, "no storm while the store cannot be used")
            await post.store.fail(with: nil)
            await post.pass(12, steps: 1)
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
            let ids = post.courier.sent.map(\.request.id)
            #expect(ids.count == 3 && ids[0] == ids[1])
        }
    }

    @Test func `what was stored while it was asked what is due is not sent again`() async throws {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            post.courier.hold()
            _ = try await post.store.accept(.accepting(.example(createdAt: post.clock.now)))
            try await post.until { post.courier.waiting == 1 }
            let (gate, opening) = AsyncStream.makeStream(of: Void.self)
            let (asked, asking) = AsyncStream.makeStream(of: Void.self)
            await post.store.answerDue {
                asking.yield()
                for await _ in gate { return }
            }
            _ = try await post.store.accept(.accepting(.example(createdAt: post.clock.now)))
            for await _ in asked { break }
            post.courier.release()
            try await post.until { try await post.rows(webhook).first?.status == .delivered }
            for _ in 0..<100 { await Task.yield() }
            await post.store.answerDue {}
            opening.yield()
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
            #expect(post.courier.sent.map(\.request.id).count == 2)
        }
    }

    @Test func `a restart goes on from the store`() async throws {
        let (store, clock) = (MemoryOrderStore(), ManualClock())
        let webhook = try Webhook.example()
        try await store.insert(webhook)
        try await Post.open(store: store, clock: clock) { post in
            post.courier.answer(Self.down)
            try await post.happen(orders: 10)
            try await post.until { try await post.store.webhook(webhook.id)?.status == .resting }
        }
        try await Post.open(store: store, clock: clock) { post in
            await post.pass(30, steps: 1)
            let stored = try #require(try await store.webhook(webhook.id))
            try await post.until { try await post.rows(stored).allSatisfy { $0.status == .delivered } }
            #expect(post.courier.sent.count == 20)
        }
    }

    @Test func `what waited three days for a receiver that rests has failed, and is sent again when asked`()
        async throws
    {
        try await Post.open { post in
            let webhook = try await post.added(.example())
            post.courier.answer(Self.down)
            try await post.happen(orders: 300)
            for _ in 0..<74 { await post.pass(3600, steps: 1) }
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .failed } }
            #expect(try await post.rows(webhook).count == 600)
            post.courier.answer(Self.up)
            let resent = try await post.store.resendFailed(
                to: webhook.number, since: .distantPast, at: post.clock.now, limit: 1000)
            #expect(resent == 600)
            await post.sender.lookAgain()
            await post.pass(340, steps: 1)
            try await post.until { try await post.rows(webhook).allSatisfy { $0.status == .delivered } }
        }
    }

    @Test func `without a receiver nobody watches commits`() async throws {
        try await Post.open { post in
            try await post.happen(orders: 3)
            #expect(post.store.signal.watchers == 0)
            let webhook = try await post.added(.example())
            try await post.until { post.store.signal.watchers == 1 }
            _ = try await post.store.remove(webhook.id, at: post.clock.now)
            await post.sender.lookAgain()
            try await post.until { post.store.signal.watchers == 0 }
            #expect(post.courier.sent.isEmpty)
        }
    }
}

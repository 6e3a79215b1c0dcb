import Foundation
public import Purchasing
public import Testing

/// What every store of receivers and of what they are owed has to do, as a list of named checks.
public enum WebhookStoreConformance {
    /// One promise, and the test of it.
    public struct Check: Sendable, CustomTestStringConvertible {
        public let name: String
        /// Expects the promise to be kept by a store that is empty.
        public let run: @Sendable (any OrderStore & WebhookStore) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (any OrderStore & WebhookStore) async throws -> Void) {
            self.name = name
            self.run = run
        }

        public var testDescription: String { name }
    }

    /// Every check.
    public static let checks = receivers + outbox + following

    static let receivers = [
        Check("a receiver is read as it was written, and changed by whoever knows its version") { store in
            var webhook = try await store.added(
                .example(url: "https://a.example/x?y=1", events: ["order.*", "action.failed"], clients: ["acme"]))
            #expect(webhook.number > 0)
            #expect(webhook.filter == WebhookFilter(events: ["order.*", "action.failed"], clients: ["acme"]))
            #expect(try await store.webhooks() == [webhook])
            webhook.version += 1
            webhook.description = "all of it"
            webhook.url = try WebhookURL("https://b.example/")
            webhook.oldSecret = webhook.secret
            webhook.oldSecretUntil = .example
            webhook.stop = .init(.operator, at: .example)
            webhook.health.failures = 3
            webhook.health.restsSince = .example
            webhook.health.wakesAt = .example
            webhook.health.reason = "timed_out"
            try await store.update(webhook)
            #expect(try await store.webhook(webhook.id) == webhook)
            await #expect(throws: StoreError.conflict) { try await store.update(webhook) }
        },
        Check("a receiver that was removed is not there, is owed nothing, and its deliveries go bit by bit") { store in
            let webhook = try await store.added(.example())
            try await store.happen(times: 3)
            #expect(try await store.remove(webhook.id, at: .example))
            #expect(try await store.remove(webhook.id, at: .example) == false)
            #expect(try await store.webhooks().isEmpty)
            #expect(try await store.webhook(webhook.id) == nil)
            try await store.happen(times: 1)
            let forgotten = try await store.forgetDeliveries(settledBefore: .distantPast, limit: 2)
            #expect(forgotten == 2)
            _ = try await store.forgetDeliveries(settledBefore: .distantPast, limit: 100)
            #expect(try await store.deliveries(.init(number: webhook.number)).isEmpty)
        },
        Check("how all stand is told: how many in each state, and since when the oldest event waits") { store in
            #expect(try await store.webhookStanding() == WebhookStanding())
            let webhook = try await store.added(.example())
            var stopped = try await store.added(.example())
            stopped.version += 1
            stopped.stop = .init(.operator, at: .example)
            try await store.update(stopped)
            let order = try await store.accepted(.example(createdAt: .example.advanced(by: .seconds(-60))))
            let standing = try await store.webhookStanding()
            #expect(standing.counts == [.active: 1, .disabled: 1])
            #expect(standing.oldestPending == order.createdAt)
            try await store.record(.example(webhook, 1, .delivered))
            #expect(try await store.webhookStanding().oldestPending == nil)
        },
    ]

    static let outbox = [
        Check("an event is owed to each receiver that wants its type and client when it happens, once") { store in
            _ = try await store.accepted(.example())
            let filters: [WebhookFilter] = [
                .init(), .init(events: ["*"]), .init(events: ["order.*"]), .init(events: ["order.canceled"]),
                .init(events: ["order.*", "order.canceled"]), .init(events: ["action.*"]), .init(clients: ["acme"]),
                .init(events: ["order.pending"], clients: ["zenith", "acme"]), .init(clients: ["nobody"]),
            ]
            var webhooks: [Webhook] = []
            for filter in filters {
                webhooks.append(try await store.added(.example(events: filter.events, clients: filter.clients)))
            }
            for client in ["acme", "zenith"] {
                let order = try await store.accepted(.example(client: client))
                try await store.commit(order, taking: .withdrawn)
            }
            let after = try await store.events(EventQuery(after: 1, limit: 100))
            for webhook in webhooks {
                let owed = try await store.deliveries(.init(number: webhook.number)).map(\.place).reversed()
                let wanted = after.filter { webhook.filter.wants($0.event.type, of: $0.client) }.map(\.place)
                #expect(Array(owed) == wanted, "\(webhook.filter)")
            }
        },
        Check("nothing is kept for a receiver that is not in use; what waited is due when it is again") { store in
            var webhook = try await store.added(.example())
            try await store.happen(times: 1)
            webhook.version += 1
            webhook.stop = .init(.operator, at: .example)
            try await store.update(webhook)
            try await store.happen(times: 1)
            #expect(try await store.webhooksOwed(after: 0).numbers.isEmpty)
            let later = Date.example.advanced(by: .seconds(60))
            try await store.record(.example(webhook, 1, .pending, dueAt: later.advanced(by: .seconds(3600))))
            webhook.version += 1
            webhook.stop = nil
            webhook.updatedAt = later
            try await store.update(webhook)
            try await store.happen(times: 1)
            let owed = try await store.deliveries(.init(number: webhook.number))
            #expect(owed.map(\.place) == [3, 1])
            #expect(owed.last?.dueAt == later)
        },
        Check("an order's event is due when those before it are settled, and other orders' at once") { store in
            let webhook = try await store.added(.example())
            let order = try await store.accepted(.example())
            try await store.commit(order, taking: .withdrawn)
            _ = try await store.accepted(.example())
            let due = { try await store.dueDeliveries(of: webhook.number, limit: 10).map(\.place) }
            #expect(try await due() == [1, 3])
            let later = Date.example.advanced(by: .seconds(5))
            try await store.record(.example(webhook, 1, .pending, dueAt: later))
            #expect(try await due() == [3, 1])
            try await store.record(.example(webhook, 1, .delivered, at: later))
            #expect(try await due() == [3, 2])
            try await store.record(.example(webhook, 2, .failed))
            try await store.record(.example(webhook, 3, .delivered))
            #expect(try await due().isEmpty)
        },
        Check("who is owed something new is told, and up to which event that is so") { store in
            let webhook = try await store.added(.example(events: ["order.pending"]))
            let none = try await store.webhooksOwed(after: 0)
            #expect(none.numbers.isEmpty && none.place == 0)
            let order = try await store.accepted(.example())
            try await store.commit(order, taking: .withdrawn)
            let all = try await store.webhooksOwed(after: 0)
            #expect(all.numbers == [webhook.number] && all.place == 2)
            let rest = try await store.webhooksOwed(after: 1)
            #expect(rest.numbers.isEmpty && rest.place == 2)
        },
    ]
}

extension WebhookStore where Self: OrderStore {
    /// Some orders come about, one event each.
    func happen(times: Int) async throws {
        for _ in 0..<times { _ = try await accepted(.example()) }
    }
}

extension WebhookStore {
    func added(_ webhook: Webhook) async throws -> Webhook {
        try await insert(webhook)
        return try #require(try await self.webhook(webhook.id))
    }
}

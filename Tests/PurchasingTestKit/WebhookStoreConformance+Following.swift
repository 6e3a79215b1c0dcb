import Foundation
import Purchasing
import Testing

extension WebhookStoreConformance {
    static let following = [
        Check("what came of an attempt is read as it was stored, with the receiver's health") { store in
            let webhook = try await store.added(.example())
            try await store.happen(times: 1)
            var health = WebhookHealth()
            health.failures = 5
            health.restsSince = .example
            health.wakesAt = .example.advanced(by: .seconds(10))
            health.reason = "status_503"
            health.probes = 2
            let dueAt = Date.example.advanced(by: .seconds(5))
            try await store.record(.example(webhook, 1, .pending, answer: 503, dueAt: dueAt, health: health))
            let delivery = try #require(try await store.deliveries(.init(number: webhook.number)).first)
            #expect(delivery.status == .pending && delivery.attempts == 1 && delivery.tries == 1)
            #expect(delivery.dueAt == dueAt && delivery.lastStatus == 503 && delivery.lastReason == "status_503")
            #expect(delivery.attemptedAt == .example && delivery.settledAt == nil)
            let stored = try #require(try await store.webhook(webhook.id))
            #expect(stored.health == health && stored.status == .resting && stored.version == 1)
        },
        Check("health of an attempt at what an operator has changed since is not taken over") { store in
            var webhook = try await store.added(.example())
            let old = webhook
            try await store.happen(times: 1)
            webhook.version += 1
            try await store.update(webhook)
            var health = WebhookHealth()
            health.failures = 9
            try await store.record(.example(old, 1, .pending, dueAt: .example, health: health, isGone: true))
            let stored = try #require(try await store.webhook(webhook.id))
            #expect(stored.health.failures == 0 && stored.stop == nil)
            #expect(try await store.deliveries(.init(number: webhook.number)).first?.attempts == 1)
        },
        Check("a receiver that is gone is out of use, and owed nothing from then on") { store in
            let webhook = try await store.added(.example())
            try await store.happen(times: 1)
            try await store.record(.example(webhook, 1, .pending, answer: 410, dueAt: .example, isGone: true))
            try await store.happen(times: 1)
            let stored = try #require(try await store.webhook(webhook.id))
            #expect(stored.stop == .init(.gone, at: .example) && stored.version == 2)
            #expect(try await store.deliveries(.init(number: webhook.number)).map(\.place) == [1])
        },
        Check("what waits for its next attempt is due when its receiver is back") { store in
            let webhook = try await store.added(.example())
            try await store.happen(times: 3)
            let (hour, now) = (Date.example.advanced(by: .seconds(3600)), Date.example.advanced(by: .seconds(60)))
            for place: Int64 in 1...2 { try await store.record(.example(webhook, place, .pending, dueAt: hour)) }
            try await store.record(.example(webhook, 3, .delivered, at: now, wakes: true))
            let due = try await store.dueDeliveries(of: webhook.number, limit: 10)
            #expect(due.map(\.place) == [1, 2] && due.allSatisfy { $0.dueAt == now })
        },
        Check("deliveries are listed newest first, by state and order, page by page") { store in
            let webhook = try await store.added(.example())
            let other = try await store.added(.example())
            let order = try await store.accepted(.example())
            try await store.commit(order, taking: .withdrawn)
            try await store.happen(times: 5)
            try await store.record(.example(webhook, 1, .delivered))
            try await store.record(.example(webhook, 4, .delivered))
            let list = { (query: WebhookDeliveryQuery) in try await store.deliveries(query).map(\.place) }
            let number = webhook.number
            #expect(try await list(.init(number: number)) == [7, 6, 5, 4, 3, 2, 1])
            #expect(try await list(.init(number: number, limit: 3)) == [7, 6, 5])
            #expect(try await list(.init(number: number, before: 5, limit: 3)) == [4, 3, 2])
            #expect(try await list(.init(number: number, status: .delivered)) == [4, 1])
            #expect(try await list(.init(number: number, order: order.id)) == [2, 1])
            #expect(try await list(.init(number: number, status: .pending, order: order.id)) == [2])
            #expect(try await list(.init(number: other.number, status: .delivered)).isEmpty)
        },
        Check("an event is sent again on request, before those of its order that wait") { store in
            let webhook = try await store.added(.example())
            let order = try await store.accepted(.example())
            try await store.commit(order, taking: .withdrawn)
            try await store.record(.example(webhook, 1, .failed))
            let event = try #require(try await store.events(EventQuery(limit: 1)).first?.event.id)
            let later = Date.example.advanced(by: .seconds(60))
            let again = try #require(try await store.resend(event, to: webhook.number, at: later))
            #expect(again.status == .pending && again.tries == 0 && again.attempts == 1)
            #expect(again.since == later && again.dueAt == later && again.settledAt == nil)
            #expect(try await store.dueDeliveries(of: webhook.number, limit: 9).map(\.place) == [1])
            #expect(
                try await store.resend(IdentifierSource.examples.next(.event), to: webhook.number, at: later) == nil)
            let other = try await store.added(.example())
            #expect(try await store.resend(event, to: other.number, at: later) == nil)
        },
        Check("what came of a later event while an earlier one was sent again is kept, and waits behind it") { store in
            let webhook = try await store.added(.example())
            let order = try await store.accepted(.example())
            let (now, later) = (Date.example.advanced(by: .seconds(60)), Date.example.advanced(by: .seconds(120)))
            try await store.commit(try OrderChange.example(order, taking: .withdrawn, at: .example))
            try await store.record(.example(webhook, 1, .delivered))
            let event = try #require(try await store.events(EventQuery(limit: 1)).first?.event.id)
            _ = try await store.resend(event, to: webhook.number, at: now)
            try await store.record(
                .example(webhook, 2, .pending, answer: 410, dueAt: later, at: now, isGone: true))
            let rows = try await store.deliveries(.init(number: webhook.number))
            #expect(rows.map(\.dueAt) == [nil, now] && rows.map(\.attempts) == [1, 1])
            #expect(rows.first?.lastStatus == 410)
            #expect(try await store.webhook(webhook.id)?.stop == .init(.gone, at: now))
        },
        Check("what is sent again while it is tried is tried again, unless it was taken") { store in
            let webhook = try await store.added(.example())
            try await store.happen(times: 2)
            let (now, later) = (Date.example.advanced(by: .seconds(60)), Date.example.advanced(by: .seconds(120)))
            for event in try await store.events(EventQuery(limit: 2)).map(\.event.id) {
                _ = try await store.resend(event, to: webhook.number, at: now)
            }
            try await store.record(.example(webhook, 1, .pending, dueAt: later, at: now))
            try await store.record(.example(webhook, 2, .delivered, at: now))
            let rows = try await store.deliveries(.init(number: webhook.number))
            #expect(rows.map(\.status) == [.delivered, .pending] && rows.map(\.attempts) == [1, 1])
            #expect(rows.last?.since == now && rows.last?.dueAt == now && rows.last?.tries == 0)
            #expect(rows.last?.lastStatus == 500 && rows.last?.attemptedAt == now)
            try await store.record(.example(webhook, 1, .failed, at: now))
            #expect(try await store.deliveries(.init(number: webhook.number)).last?.status == .pending)
        },
        Check("what failed is sent again from an instant on, so many at once") { store in
            let webhook = try await store.added(.example())
            for second in 0..<5 {
                let at = Date.example.advanced(by: .seconds(second))
                _ = try await store.accepted(.example(createdAt: at))
                try await store.record(
                    .example(webhook, Int64(second + 1), second == 3 ? .delivered : .failed, since: at))
            }
            let since = Date.example.advanced(by: .seconds(1))
            let again = { try await store.resendFailed(to: webhook.number, since: since, at: .example, limit: 2) }
            #expect(try await again() == 2)
            #expect(try await again() == 1)
            #expect(try await again() == 0)
            let states = try await store.deliveries(.init(number: webhook.number)).map(\.status)
            #expect(states == [.pending, .delivered, .pending, .pending, .failed])
        },
        Check("what waited too long is given up, and what came later of its order is due") { store in
            let webhook = try await store.added(.example())
            let order = try await store.accepted(.example())
            let later = Date.example.advanced(by: .seconds(60))
            try await store.commit(try OrderChange.example(order, taking: .withdrawn, at: later))
            let number = webhook.number
            let nothing = try await store.giveUp(number, askedBefore: .example, at: later, limit: 9)
            #expect(nothing == 0)
            let some = try await store.giveUp(number, askedBefore: later, at: later, limit: 9)
            #expect(some == 1)
            let rows = try await store.deliveries(.init(number: number))
            #expect(rows.map(\.status) == [.pending, .failed])
            #expect(rows.map(\.dueAt) == [later, nil])
            #expect(rows.last?.lastReason == "gave_up")
            try await store.record(.example(webhook, 1, .pending, dueAt: later))
            #expect(try await store.deliveries(.init(number: number)).last?.status == .failed)
            try await store.record(.example(webhook, 1, .delivered))
            #expect(try await store.deliveries(.init(number: number)).last?.status == .delivered)
        },
        Check("what was settled long ago is forgotten, so many at once") { store in
            let webhook = try await store.added(.example())
            try await store.happen(times: 4)
            for place: Int64 in 1...3 { try await store.record(.example(webhook, place, .delivered)) }
            let none = try await store.forgetDeliveries(settledBefore: .example, limit: 9)
            #expect(none == 0)
            let later = Date.example.advanced(by: .seconds(1))
            let some = try await store.forgetDeliveries(settledBefore: later, limit: 2)
            #expect(some == 2)
            _ = try await store.forgetDeliveries(settledBefore: later, limit: 9)
            #expect(try await store.deliveries(.init(number: webhook.number)).map(\.place) == [4])
        },
    ]
}

import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

@Suite struct WebhookPatienceTests {
    private static let patience = WebhookPatience()

    @Test(arguments: [(1, 5.0), (2, 300), (3, 1800), (4, 7200), (5, 18_000), (6, 36_000), (7, 50_400), (8, 72_000)])
    func `pauses grow, each a tenth longer or shorter`(tries: Int, seconds: Double) throws {
        let next = { (chance: Double) in
            Self.patience.next(afterTries: tries, since: .example, now: .example, chance: chance)?
                .timeIntervalSince(.example)
        }
        #expect(try #require(next(0.5)) == seconds)
        #expect(try abs(#require(next(0)) - seconds * 0.9) < 0.002)
        #expect(try #require(next(0.999_999)) > seconds * 1.099)
    }

    @Test func `the last attempt is made when three days are over, and none after it`() {
        var (now, tries) = (Date.example, 0)
        var attempts: [TimeInterval] = []
        repeat {
            attempts.append(now.timeIntervalSince(.example))
            tries += 1
            guard let next = Self.patience.next(afterTries: tries, since: .example, now: now, chance: 0.5) else {
                break
            }
            now = next
        } while tries < 100
        #expect(attempts.last == 259_200)
        #expect(attempts.count == 10)
        #expect(attempts == attempts.sorted())
    }

    /// A row for each state and reply: failures, whether it rests, how long from now on, and why.
    @Test func `a receiver rests after five failures in a row, longer each time, and is back with the first success`() {
        var health = WebhookHealth()
        let note = { (reply: WebhookReply, isProbe: Bool, second: Int) in
            health.note(
                reply, isProbe: isProbe, at: .example.advanced(by: .seconds(second)), patience: Self.patience,
                chance: 0.5)
        }
        let rest = { health.wakesAt.map { $0.timeIntervalSince(.example) } }
        for second in 1...4 { note(.answered(status: 500, retryAfter: nil), false, second) }
        #expect(health.failures == 4 && health.restsSince == nil)
        note(.failed(.timedOut), false, 5)
        #expect(health.restsSince == .example.advanced(by: .seconds(5)) && rest() == 15 && health.reason == "timed_out")
        note(.failed(.notConnected), false, 6)
        #expect(health.failures == 6 && rest() == 15 && health.probes == 0, "what was under way extends nothing")
        for (second, pause) in [(15, 30), (45, 60), (105, 120), (225, 300), (525, 300)] {
            note(.failed(.notConnected), true, second)
            #expect(rest() == Double(second + pause) && health.reason == "not_connected")
        }
        #expect(health.restsSince == .example.advanced(by: .seconds(5)))
        note(.answered(status: 204, retryAfter: nil), true, 900)
        var good = WebhookHealth()
        good.deliveredAt = .example.advanced(by: .seconds(900))
        #expect(health == good)
    }

    @Test func `a receiver that asks to be left alone is, at once and for as long`() {
        for status in [429, 503] {
            var health = WebhookHealth()
            let reply = WebhookReply.answered(status: status, retryAfter: .seconds(77))
            health.note(reply, isProbe: false, at: .example, patience: Self.patience, chance: 0.5)
            #expect(health.wakesAt == .example.advanced(by: .seconds(77)) && health.reason == "status_\(status)")
        }
        var health = WebhookHealth()
        for pause in [60, 5] {
            health.note(
                .answered(status: 429, retryAfter: .seconds(pause)), isProbe: false, at: .example,
                patience: Self.patience, chance: 0.5)
        }
        #expect(health.wakesAt == .example.advanced(by: .seconds(60)), "a shorter wait of another answer ends none")
        health = WebhookHealth()
        health.note(
            .answered(status: 503, retryAfter: .seconds(1_000_000)), isProbe: false, at: .example,
            patience: Self.patience, chance: 0.5)
        #expect(health.wakesAt == .example.advanced(by: .seconds(86_400)))
        health = WebhookHealth()
        health.note(
            .answered(status: 500, retryAfter: .seconds(77)), isProbe: false, at: .example, patience: Self.patience,
            chance: 0.5)
        #expect(health.restsSince == nil)
    }

    @Test func `what was under way when a receiver asked for a pause ends none, though it was taken`() {
        var health = WebhookHealth()
        let note = { (reply: WebhookReply, isProbe: Bool, second: Int) in
            health.note(
                reply, isProbe: isProbe, at: .example.advanced(by: .seconds(second)), patience: Self.patience,
                chance: 0.5)
        }
        note(.answered(status: 429, retryAfter: .seconds(60)), false, 0)
        var expected = health
        expected.deliveredAt = .example.advanced(by: .seconds(1))
        note(.answered(status: 204, retryAfter: nil), false, 1)
        #expect(health == expected && health.restsSince == .example && health.failures == 1)
        note(.answered(status: 204, retryAfter: nil), false, 60)
        #expect(health.restsSince == nil && health.failures == 0)
        note(.answered(status: 429, retryAfter: .seconds(60)), false, 100)
        note(.answered(status: 204, retryAfter: nil), true, 101)
        #expect(health.restsSince == nil && health.deliveredAt == .example.advanced(by: .seconds(101)))
    }

    @Test(arguments: [
        (200, nil, true), (204, nil, true), (299, nil, true), (301, "redirected", false), (307, "redirected", false),
        (400, "status_400", false), (410, "status_410", false), (500, "status_500", false), (199, "status_199", false),
    ])
    func `two hundred and so on is a delivery, and nothing else`(status: Int, reason: String?, isDelivery: Bool) {
        let reply = WebhookReply.answered(status: status, retryAfter: nil)
        #expect(reply.reason == reason)
        #expect((reply.verdict == .delivered) == isDelivery)
        #expect((reply.verdict == .gone) == (status == 410))
    }

    @Test func `a filter has types, families and clients`() {
        #expect(
            WebhookFilter.families == [
                "order.*", "action.*", "attempt.*", "evidence.*", "decision.*", "goods.*", "refund.*",
            ])
        for text in ["*", "order.*", "order.completed", "goods.expired"] { #expect(WebhookFilter.isPattern(text)) }
        for text in ["", "order", "order.", "order.nothing", "webhook.test", "ord*", "*.completed"] {
            #expect(!WebhookFilter.isPattern(text))
        }
    }
}

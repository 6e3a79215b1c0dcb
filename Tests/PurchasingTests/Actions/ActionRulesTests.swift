import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

@Suite struct ActionRulesTests {
    static let day: TimeInterval = 86_400

    @Test func `there is nothing to act on before the goods are there, and nothing after the release`() {
        for status in OrderStatus.allCases {
            let order = Order.example().standing(status)
            let problem = Self.rules(order).objection(to: .rotatePassword)
            #expect((problem == nil) == (status == .completed))
        }
        var released = Self.sold()
        released.flags.append("released")
        #expect(Self.rules(released).objection(to: .renew(.months(1)))?.code == .actionNotAllowed)
    }

    @Test func `a batch is refreshed once in each billing period`() {
        let order = Self.sold()
        let first = Self.action(.refresh, .completed, at: .example + 2 * Self.day)
        #expect(Self.rules(order, [first], days: 20).objection(to: .refresh)?.code == .actionNotAllowed)
        #expect(Self.rules(order, [first], days: 32).objection(to: .refresh) == nil)
        #expect(Self.rules(order, [first], days: 20).objection(to: .rotatePassword) == nil)
        let failed = Self.action(.refresh, .failed, at: .example + 2 * Self.day)
        #expect(Self.rules(order, [failed], days: 20).objection(to: .refresh) == nil)
        let unknown = Self.action(.refresh, .unknown, at: .example + 2 * Self.day)
        #expect(Self.rules(order, [unknown], days: 20).objection(to: .refresh)?.code == .actionNotAllowed)
    }

    @Test func `a second refresh is told when the next one is possible`() {
        let first = Self.action(.refresh, .completed, at: .example + 2 * Self.day)
        let problem = Self.rules(Self.sold(), [first], days: 20).objection(to: .refresh)
        #expect(
            problem?.detail.hasSuffix("the next one begins at 2026-06-28T10:00:00.000Z") == true,
            "\(problem?.detail ?? "")")
    }

    @Test func `nothing is spent twice on what only a person can say was done`() {
        let rows: [(ActionTask, ActionTask, refused: Bool)] = [
            (.renew(.months(1)), .renew(.months(2)), true), (.replace(ip: "x"), .replace(ip: "x"), true),
            (.release, .renew(.months(1)), true), (.release, .replace(ip: "x"), true),
            (.replace(ip: "x"), .replace(ip: "y"), false), (.replace(ip: "x"), .renew(.months(1)), false),
            (.refresh, .renew(.months(1)), false), (.renew(.months(1)), .rotatePassword, false),
            (.release, .release, false),
            // Whether an address and an id are one IP only the vendor knows.
            (.replace(ip: "198.51.100.4"), .replace(ip: "x"), true),
            (.replace(ip: "x"), .replace(ip: "198.51.100.4"), true),
            (.replace(ip: "2001:db8::1"), .replace(ip: "2001:0DB8::1"), true),
            (.replace(ip: "198.51.100.4"), .replace(ip: "198.51.100.5"), false),
        ]
        for (task, next, refused) in rows {
            var parked = Self.action(task, .unknown, at: .example + Self.day)
            parked.unknown = UnknownOutcome(since: .example, reason: "deadline")
            #expect(Self.rules(Self.sold(), [parked], days: 2).objection(to: next)?.code == nil)
            parked.unknown?.needsReview = true
            let problem = Self.rules(Self.sold(), [parked], days: 2).objection(to: next)
            #expect((problem?.code == .actionNotAllowed) == refused, "\(task), then \(next)")
            #expect((problem?.detail.contains(parked.id.text) ?? false) == refused)
        }
    }

    @Test func `how many replacements are free is the vendor's count, where it told one`() {
        var told = Self.action(.replace(ip: "1"), .completed, at: .example + Self.day)
        told.result = ["free_replacements_left": 4]
        let later = Self.action(.replace(ip: "2"), .unknown, at: .example + 2 * Self.day)
        #expect(Self.rules(Self.sold(), [told], days: 3).freeReplacements?.remaining == 4)
        #expect(Self.rules(Self.sold(), [told, later], days: 3).freeReplacements?.remaining == 3)
        // What was told of the first days says nothing of the period after them.
        #expect(Self.rules(Self.sold(), [told, later], days: 20).freeReplacements?.remaining == 2)
    }

    @Test(arguments: [-1, Int.min]) func `fewer free replacements than none are none`(count: Int) {
        var told = Self.action(.replace(ip: "1"), .completed, at: .example + Self.day)
        told.result = ["free_replacements_left": .int(count)]
        let later = Self.action(.replace(ip: "2"), .completed, at: .example + 2 * Self.day)
        #expect(Self.rules(Self.sold(), [told, later], days: 3).freeReplacements?.remaining == 0)
    }

    @Test func `a period that is not a month is left to the vendor`() {
        var request = OrderRequest.example()
        request.rental = .months(12)
        let order = Self.sold(request)
        let first = Self.action(.refresh, .completed, at: .example + Self.day)
        #expect(Self.rules(order, [first], days: 2).objection(to: .refresh) == nil)
        #expect(Self.rules(order, [], days: 20).freeReplacements == nil)
    }

    @Test func `replacements are free for fourteen days, then a tenth of the batch in a period`() {
        let order = Self.sold()
        #expect(Self.rules(order, [], days: 0).freeReplacements?.remaining == 20)
        let early = (0..<3).map { Self.action(.replace(ip: "\($0)"), .completed, at: .example + Double($0) * Self.day) }
        #expect(Self.rules(order, early, days: 5).freeReplacements?.remaining == 17)
        #expect(Self.rules(order, early, days: 13.9).freeReplacements?.remaining == 17)
        #expect(Self.rules(order, early, days: 14).freeReplacements?.remaining == 2)
        let late = [15.0, 16.0].map { Self.action(.replace(ip: "x"), .completed, at: .example + $0 * Self.day) }
        #expect(Self.rules(order, early + late, days: 20).freeReplacements?.remaining == 0)
        #expect(Self.rules(order, early + late, days: 40).freeReplacements?.remaining == 2)
        let refreshed = Self.action(.refresh, .completed, at: .example + Self.day)
        #expect(Self.rules(order, [refreshed], days: 2).freeReplacements?.remaining == 0)
        #expect(Self.rules(order, [refreshed], days: 20).freeReplacements?.remaining == 2)
    }

    private static func rules(_ order: Order, _ history: [Action] = [], days: Double = 1) -> ActionRules {
        ActionRules(order: order, history: history, now: .example + days * day)
    }

    private static func sold(_ request: OrderRequest = .example()) -> Order {
        var order = Order.example(request: request).standing(.completed)
        order.endAttempt(.bought, reason: nil, tries: 1)
        return order
    }

    private static func action(_ task: ActionTask, _ status: ActionStatus, at: Date) -> Action {
        Action(
            id: IdentifierSource.examples.next(.action), orderID: IdentifierSource.examples.next(.order),
            vendor: "helodata", client: "acme", idempotencyKey: "k", fingerprint: "", request: ActionRequest(task),
            requestID: "req", traceparent: nil, createdAt: at, status: status, version: 2, updatedAt: at,
            settledAt: status.isSettled ? at : nil)
    }
}

import PurchasingTestKit
import Testing

@testable import Purchasing

@Suite struct ActionStatusTests {
    /// Every legal step; whatever is not here is illegal.
    static let legal: [ActionStatus: [ActionStep: ActionStatus]] = [
        .pending: [.dispatched: .running, .notDone: .failed],
        .running: [.done: .completed, .notDone: .failed, .lost: .unknown],
        .completed: [:],
        .failed: [:],
        .unknown: [.done: .completed, .notDone: .failed],
    ]

    @Test(arguments: ActionStatus.allCases, ActionStep.allCases)
    func `a status allows exactly the steps of the table`(status: ActionStatus, step: ActionStep) throws {
        if let next = Self.legal[status]?[step] {
            #expect(try status.after(step) == next)
        } else {
            #expect(throws: IllegalActionStep(status: status, step: step)) { try status.after(step) }
        }
    }

    @Test(arguments: ActionStatus.allCases)
    func `a settled status allows nothing, an open one something`(status: ActionStatus) {
        #expect(status.isSettled == (Self.legal[status]?.isEmpty == true))
    }

    /// What each kind says about money in each status, with no total known.
    static let money: [ActionStatus: MoneyState] = [
        .pending: .notSpent, .running: .maybeSpent, .completed: .spent, .failed: .notSpent, .unknown: .maybeSpent,
    ]

    @Test(arguments: ActionStatus.allCases)
    func `only what may be charged may say that money was spent`(status: ActionStatus) {
        #expect(Self.action(.renew(.months(1)), status).moneyState == Self.money[status])
        #expect(Self.action(.release, status).moneyState == .notSpent)
        #expect(Self.action(.refresh, status).moneyState == .notSpent)
        let replaced = Self.action(.replace(ip: "ip_1"), status).moneyState
        // Nobody told whether a replacement was charged.
        #expect(replaced == (status == .completed ? .maybeSpent : Self.money[status]))
    }

    @Test func `a replacement that cost nothing spent nothing`() {
        var action = Self.action(.replace(ip: "ip_1"), .completed)
        action.total = .usd("0.00")
        #expect(action.moneyState == .notSpent)
        action.total = .usd("6.00")
        #expect(action.moneyState == .spent)
    }

    @Test(arguments: [
        ActionTask.renew(.months(2)), .renew(.days(30), ips: ["1", "2"], promoCode: "X"), .refresh, .rotatePassword,
        .release, .replace(ip: "ip_1", reason: "blocked"), .replace(ip: "ip_1"), .autoRenew(.days(30)),
        .autoRenew(.months(1)), .autoRenew(nil), .allow("203.0.113.7", label: "office"), .allow("203.0.113.0/24"),
        .disallow(entry: "wl_1"),
    ])
    func `a request reads back as it was stored`(task: ActionTask) {
        for request in [
            ActionRequest(task), ActionRequest(task, maxTotal: .usd("1.23"), allowUnknownPrice: true),
        ] {
            #expect(ActionRequest(stored: request.json) == request)
        }
    }

    @Test func `requests that mean something else have other fingerprints`() {
        let order = IdentifierSource.examples.next(.order)
        let other = IdentifierSource.examples.next(.order)
        let requests = [
            ActionRequest(.renew(.months(1))), ActionRequest(.renew(.months(2))), ActionRequest(.renew(.days(30))),
            ActionRequest(.renew(.months(1)), maxTotal: .usd("5")), ActionRequest(.refresh), ActionRequest(.release),
        ]
        let prints = requests.map { $0.fingerprint(about: order) } + [requests[0].fingerprint(about: other)]
        #expect(Set(prints).count == prints.count)
    }

    private static func action(_ task: ActionTask, _ status: ActionStatus) -> Action {
        Action(
            id: IdentifierSource.examples.next(.action), orderID: IdentifierSource.examples.next(.order),
            vendor: "helodata", client: "acme", idempotencyKey: "k", fingerprint: "", request: ActionRequest(task),
            requestID: "req", traceparent: nil, createdAt: .example, status: status, version: 2, updatedAt: .example,
            settledAt: status.isSettled ? .example : nil)
    }
}

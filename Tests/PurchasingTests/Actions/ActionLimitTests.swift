import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// Where an action could do, cost or claim more than it may.
@Suite struct ActionLimitTests {
    /// A day on which no time passes, while waits end as ever.
    static let standing = Timepiece(now: { .example }, sleep: Timepiece.system.sleep)

    @Test func `of replacements asked at once, none that may be charged goes without a ceiling`() async throws {
        let vendor = ActionTests.heloData()
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            vendor.hold()
            for number in 1...6 {
                let request = ActionRequest(.replace(ip: "ip_\(number)"))
                _ = try await shop.ask(request, of: order, key: "r-\(number)", wait: .zero)
            }
            vendor.open()
            // Which of them comes last is for the lane to say.
            var refusals: [ProblemCode?] = []
            for number in 1...6 {
                let request = ActionRequest(.replace(ip: "ip_\(number)"))
                let action = try await shop.settledAction(request, of: order, key: "r-\(number)")
                if action.status == .completed {
                    #expect(action.quotedPrice == .usd("0"))
                } else {
                    #expect(action.status == .failed)
                    refusals.append(action.problem?.code)
                }
            }
            #expect(refusals == [.priceAboveLimit])
            #expect(vendor.actionCalls.count == 5)
        }
    }

    @Test func `a renewal that waited is not sent once its vendor is switched off`() async throws {
        let store = MemoryOrderStore()
        let vendor = ActionTests.heloData()
        let order = try await Shop.open([("a", vendor)], store: store) { try await $0.buy(Shop.isp).order }
        let life = LifetimeStore(store)
        try await Shop.open(
            [("a", vendor)], store: life, atStep: { if $0 == .accepted { life.end() } },
            { shop in
                let request = Task { try await shop.ask(ActionTests.renewal, of: order, wait: .milliseconds(200)) }
                _ = await request.result
            })
        #expect(vendor.actionCalls.isEmpty)
        try await Shop.open([("a", vendor)], store: store, isEnabled: false) { shop in
            let action = try await shop.settledAction(ActionTests.renewal, of: order)
            #expect(action.status == .failed)
            #expect(action.problem?.code == .vendorUnavailable)
            #expect(vendor.actionCalls.isEmpty)
        }
    }

    @Test func `what a list shows late of one renewal does not complete the next one`() async throws {
        let vendor = ActionTests.heloData {
            $0.actionOutcomes = [
                .done(ActionReceipt(total: .usd("30"), expiresAt: .example + 2 * ActionTests.month)), ActionTests.lost,
            ]
            $0.conditions = [
                .success(ActionTests.condition(expiry: 30)), .success(ActionTests.condition(expiry: 60)),
            ]
        }
        try await Shop.open([("a", vendor)], timepiece: Self.standing) { shop in
            let order = try await shop.buy(Shop.isp).order
            #expect(try await shop.ask(ActionTests.renewal, of: order).action.status == .completed)
            let next = try await shop.settledAction(ActionTests.renewal, of: order, key: "act-2")
            #expect(next.status == .unknown)
            #expect(next.unknown?.needsReview == true)
            #expect(next.unknown?.findings.isEmpty == false)
        }
    }

    @Test(arguments: [ActionTask.refresh, .rotatePassword, .replace(ip: "x")])
    func `what a list shows late of one change does not complete the next one`(task: ActionTask) async throws {
        let vendor = ActionTests.heloData {
            $0.actionPreparations = [.ready(price: nil, baseline: ActionEvidenceTests.before)]
            $0.actionOutcomes = [.done(ActionReceipt()), ActionTests.lost]
            $0.conditions = [
                .success(
                    ActionEvidenceTests.now {
                        $0.ips = "bb"; $0.marks = [6, 7]; $0.holdsIP = false; $0.credentials = 18
                    })
            ]
        }
        try await Shop.open([("a", vendor)], timepiece: Self.standing) { shop in
            let order = try await shop.buy(Shop.isp).order
            let first: ActionTask = task == .refresh ? .replace(ip: "y") : task
            _ = try await shop.ask(ActionRequest(first), of: order)
            let next = try await shop.settledAction(ActionRequest(task), of: order, key: "act-2")
            #expect(next.status == .unknown)
            #expect(next.unknown?.needsReview == true)
        }
    }

    @Test func `an expiry that is not moved yet is not told as the new one`() async throws {
        let vendor = ActionTests.heloData { $0.conditions = [.success(ActionTests.condition(expiry: 30))] }
        try await Shop.open([("a", vendor)]) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.ask(ActionTests.renewal, of: order).action
            #expect(action.status == .completed)
            #expect(action.result?["expires_at"]?.isNull == true)
        }
    }
}

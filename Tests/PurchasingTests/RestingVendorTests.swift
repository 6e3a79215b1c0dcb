import ExactJSON
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What rests a vendor, and what has it tried again.
@Suite(.timeLimit(.minutes(1))) struct RestingVendorTests {
    @Test func `a circuit that actions open is closed by the same trial`() async throws {
        var policy = Shop.policy
        policy.breakerFailures = 1
        policy.breakerRest = .milliseconds(20)
        let vendor = ActionTests.heloData {
            $0.actionOutcomes = [.notSent(.unreachable("connection_refused"))]
            $0.accounts = [.success(VendorAccount(balance: nil, kycStatus: nil))]
        }
        var orders = Shop.orders
        orders.deadline = .milliseconds(50)
        try await Shop.open([("a", vendor)], policy: policy, orders: orders) { shop in
            let order = try await shop.buy(Shop.isp).order
            let action = try await shop.settledAction(ActionRequest(.rotatePassword), of: order, key: "r-1")
            #expect(action.status == .failed)
            vendor.rewrite { $0.purchases = [.bought(Receipt(vendorOrderID: "v-2", isReady: true))] }
            try await Self.boughtOnceItHasRested(shop)
        }
    }

    @Test func `a vendor that refuses our credentials rests at once, until it takes them`() async throws {
        var policy = Shop.policy
        policy.breakerRest = .milliseconds(20)
        let vendor = ScriptedVendor.idempotent {
            $0.purchases = [.refused(Refusal(.authFailed)), PurchaserTests.sold]
            $0.accounts = [.failure(.authFailed), .success(VendorAccount(balance: nil, kycStatus: nil))]
        }
        try await Shop.open([("a", vendor)], policy: policy) { shop in
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential) }
            #expect(problem?.code == .vendorAuthFailed)
            let other = await #expect(throws: Problem.self) { try await shop.buy(Shop.residential, key: "k-0") }
            #expect(other?.code == .vendorUnavailable && other?.orderID == nil)
            #expect(vendor.calls.count == 1)
            try await Self.boughtOnceItHasRested(shop)
        }
    }

    private static func boughtOnceItHasRested(_ shop: Shop) async throws {
        var order: Order?
        while order == nil {
            do throws(Problem) {
                order = try await shop.buy(Shop.residential, key: "k-2").order
            } catch {
                #expect(error.code == .vendorUnavailable)
            }
        }
        #expect(order?.moneyState == .spent)
    }
}

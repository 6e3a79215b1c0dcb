import Testing

@testable import Purchasing

@Suite struct OrderStatusTests {
    /// Every legal step; whatever is not here is illegal.
    static let legal: [OrderStatus: [OrderStep: OrderStatus]] = [
        .pending: [.dispatched: .purchasing, .notBought: .failed, .withdrawn: .canceled],
        .purchasing: [
            .boughtReady: .completed, .bought: .provisioning, .notBought: .failed, .nextVendor: .pending,
            .lost: .unknown,
        ],
        .provisioning: [.goodsReady: .completed],
        .completed: [:],
        .failed: [:],
        .unknown: [.boughtReady: .completed, .bought: .provisioning, .notBought: .failed],
        .canceled: [:],
    ]

    @Test(arguments: OrderStatus.allCases, OrderStep.allCases)
    func `a status allows exactly the steps of the table`(status: OrderStatus, step: OrderStep) throws {
        if let next = Self.legal[status]?[step] {
            #expect(try status.after(step) == next)
        } else {
            #expect(throws: IllegalStep(status: status, step: step)) { try status.after(step) }
        }
    }

    @Test(arguments: OrderStatus.allCases)
    func `a settled status allows nothing, an open one something`(status: OrderStatus) {
        #expect(status.isSettled == (Self.legal[status]?.isEmpty == true))
    }

    @Test func `no way leads from a vendor's call to not spent but a proof`() {
        let proofs: Set<OrderStep> = [.notBought, .nextVendor]
        for (status, steps) in Self.legal where status.moneyState == .maybeSpent {
            for (step, next) in steps where next.moneyState == .notSpent { #expect(proofs.contains(step)) }
        }
    }

    @Test func `money that was spent is never unsaid`() {
        for (status, steps) in Self.legal where status.moneyState == .spent {
            for next in steps.values { #expect(next.moneyState == .spent) }
        }
    }
}

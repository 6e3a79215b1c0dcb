import ExactJSON
import Foundation
import Logging
import Purchasing
import PurchasingTestKit
import Testing

/// A purchaser with scripted vendors, a store, and pauses short enough for a test.
struct Shop: Sendable {
    let purchaser: Purchaser
    let store: any OrderStore

    static let buyer = Caller(client: "crawler", role: .buyer)
    static let operatorCaller = Caller(client: "ops", role: .operator, name: "kim")

    /// Pauses that are short, and a settle time that leaves room for its samples.
    static var policy: VendorPolicy {
        var policy = VendorPolicy()
        policy.resendPause = .milliseconds(1)
        policy.resendPauseMax = .milliseconds(5)
        policy.followInterval = .milliseconds(20)
        policy.settleTime = .milliseconds(150)
        policy.breakerFailures = 1000
        policy.breakerRest = .milliseconds(20)
        // Nothing watches, and sleeps, beside what a test looks at.
        policy.balanceInterval = .zero
        return policy
    }

    static var orders: OrderPolicy {
        var policy = OrderPolicy()
        policy.deadline = .seconds(20)
        policy.expiryNotices = []
        return policy
    }

    /// Opens a shop for the length of a closure.
    static func open<Value: Sendable>(
        _ vendors: [(String, ScriptedVendor)], policy: VendorPolicy = policy, orders: OrderPolicy = orders,
        store: any OrderStore = MemoryOrderStore(), timepiece: Timepiece = .system,
        wallHighWater: Date = .distantPast, isEnabled: Bool = true,
        ids: IdentifierSource = IdentifierSource { UInt64(Date().timeIntervalSince1970 * 1000) },
        maximumUnderWay: Int = 20_000, atStep: @escaping @Sendable (PurchaseStep) -> Void = { _ in },
        _ body: @Sendable (Shop) async throws -> Value
    ) async throws -> Value {
        let purchaser = Purchaser(
            store: store,
            vendors: vendors.map {
                Vendor(name: $0.0, adapter: $0.1, policy: policy, isEnabled: isEnabled, timepiece: timepiece)
            },
            policy: orders, ids: ids, timepiece: timepiece, wallHighWater: wallHighWater,
            maximumUnderWay: maximumUnderWay,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, atStep: atStep)
        try await purchaser.recover()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await purchaser.run() }
            let value = try await body(Shop(purchaser: purchaser, store: store))
            group.cancelAll()
            return value
        }
    }

    static let residential = OrderRequest(product: .residential, gb: Millionths(5_000_000))
    static let isp = OrderRequest(product: .isp, quantity: 5, rental: .months(1), country: Country("US"))
    static let ipv4 = OrderRequest(
        product: .ipv4, quantity: 3, rental: .days(30), country: Country("US"), goal: "scraping")

    func buy(_ request: OrderRequest, key: String? = "k-1", caller: Caller = buyer, wait: Duration = .seconds(20))
        async throws(Problem) -> Answer
    {
        try await purchaser.submit(
            Submission(request: request, caller: caller, idempotencyKey: key, requestID: "req_test", wait: wait))
    }

    /// Decides that an order was not bought.
    func deny(_ id: OrderID) async throws(Problem) -> Order {
        try await purchaser.resolve(
            id, Resolution(outcome: .notBought, reason: "not in the dashboard"), by: Self.operatorCaller,
            requestID: "req_r")
    }

    /// The order of a key once it is settled, or waits for a person.
    func settled(_ id: OrderID) async throws -> Order {
        while true {
            let order = try await purchaser.order(id, for: Self.operatorCaller, wait: .seconds(20))
            if order.status.isSettled || order.unknown?.needsReview == true { return order }
        }
    }

    /// The types of an order's events, and a check that nothing is missing between them.
    func timeline(_ id: OrderID) async throws -> [String] {
        let events = try await store.events(of: id)
        #expect(events.map(\.number) == Array(1...max(1, events.count)))
        for (earlier, later) in zip(events, events.dropFirst()) { #expect(later.previous == earlier.state) }
        return events.map(\.type.text)
    }
}

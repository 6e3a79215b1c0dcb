import Foundation
import Logging
import PurchasingTestKit
import Synchronization
import Testing

@testable import Purchasing

/// How a vendor has been answering, told by the calls that had to be made anyway.
@Suite struct VendorHealthTests {
    private static let id = IdentifierSource { 0 }.next(.order)

    private static func vendor(_ lines: LogLines = LogLines(), _ change: (inout ScriptedVendor.Script) -> Void)
        -> Vendor
    {
        var logger = Logger(label: "test") { _ in LineKeeper(lines: lines) }
        logger.logLevel = .debug
        return Vendor(name: "v", adapter: ScriptedVendor.attributable(change), logger: logger)
    }

    @Test func `counts failures in a row, and an answer of any kind ends the row`() async {
        let vendor = Self.vendor {
            $0.accounts = [.failure(.unavailable(reason: "connection_refused")), .failure(.authFailed)]
            $0.goods = [.failure(.refused(code: "7", message: nil))]
        }
        #expect(vendor.health.current == VendorHealth())
        for _ in 0..<2 { await #expect(throws: VendorError.self) { try await vendor.adapter.account() } }
        #expect(vendor.health.current.failuresInARow == 2)
        #expect(vendor.health.current.lastFailure?.reason == "auth_failed")
        #expect(vendor.health.current.answeredAt == nil)
        await #expect(throws: VendorError.self) { try await vendor.adapter.goods() }
        #expect(vendor.health.current.failuresInARow == 0)
        #expect(vendor.health.current.answeredAt != nil)
        #expect(vendor.health.current.latency != nil)
        #expect(vendor.health.current.lastFailure?.reason == "auth_failed")
    }

    @Test(
        arguments: [
            (PurchaseOutcome.bought(Receipt(isReady: true)), nil), (.refused(Refusal(.insufficientBalance)), nil),
            (.notSent(.unreachable("tls_failed")), "tls_failed"),
            (.notSent(.rateLimited(retryAfter: .zero)), "rate_limited"),
            (.unknown(Doubt("deadline")), "deadline"),
        ] as [(PurchaseOutcome, String?)])
    func `is what a purchase came to`(outcome: PurchaseOutcome, failure: String?) async {
        let lines = LogLines()
        let vendor = Self.vendor(lines) { $0.purchases = [outcome] }
        let call = PurchaseCall(
            request: Shop.residential, body: [], key: nil, baseline: nil, quotedPrice: nil,
            context: CallContext(orderID: Self.id))
        #expect(await vendor.adapter.purchase(call) { _ in } == outcome)
        #expect(vendor.health.current.lastFailure?.reason == failure)
        #expect(
            lines.all == ["vendor called call=purchase order_id=\(Self.id) outcome=\(failure ?? "answered") vendor=v"])
    }
}

/// Log lines, without what differs from run to run.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct LineKeeper: LogHandler {
    let lines: LogLines
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.filter { $0.key != "milliseconds" }
        let words = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        lines.add(([event.message.description] + words).joined(separator: " "))
    }
}

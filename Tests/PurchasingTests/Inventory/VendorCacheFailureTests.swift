import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// A vendor that cannot be read is asked seldom, and what was known before is told on.
@Suite struct VendorCacheFailureTests {
    static let down = Result<[InventoryRow], VendorError>.failure(.unavailable(reason: "connection_refused"))

    @Test func `after a failure nobody asks for five seconds`() async {
        let larder = Larder(Larder.vendor(Self.down, .success(Larder.rows(5))))
        for _ in 0..<10 {
            let known = await larder.read()
            #expect(known.value == nil)
            #expect(known.isStale)
            #expect(known.failure == ReadFailure(reason: "connection_refused", at: .example))
        }
        larder.clock.advance(by: .milliseconds(4999))
        #expect(await larder.read(notBefore: larder.clock.now).value == nil)
        #expect(larder.calls == 1)
        larder.clock.advance(by: .milliseconds(1))
        let known = await larder.read()
        #expect(known.value == Larder.told(5))
        #expect(known.failure == nil)
        #expect(larder.calls == 2)
    }

    @Test(arguments: [(1.0, [5, 10, 20, 40, 60, 60]), (0.0, [5, 5, 10, 20, 30, 30])])
    func `the pause grows to a minute, with jitter`(jitter: Double, pauses: [Int]) async {
        let larder = Larder(Larder.vendor(Self.down), jitter: jitter)
        for (index, pause) in pauses.enumerated() {
            _ = await larder.read()
            larder.clock.advance(by: .milliseconds(pause * 1000 - 1))
            _ = await larder.read()
            #expect(larder.calls == index + 1)
            larder.clock.advance(by: .milliseconds(1))
        }
    }

    @Test func `an answer ends the growth`() async {
        let larder = Larder(Larder.vendor(Self.down, Self.down, .success(Larder.rows(5)), Self.down))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(5))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(10))
        _ = await larder.read()
        larder.clock.advance(by: .milliseconds(1))
        _ = await larder.read(notBefore: larder.clock.now)
        #expect(larder.calls == 4)
        larder.clock.advance(by: .seconds(5))
        _ = await larder.read(notBefore: larder.clock.now)
        #expect(larder.calls == 5)
    }

    @Test func `what was known before is told on, with the failure`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), Self.down))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(3600))
        _ = await larder.read()
        await larder.until { await larder.read().failure != nil }
        let known = await larder.read(notBefore: larder.clock.now)
        #expect(known.value == Larder.told(5))
        #expect(known.readAt == .example)
        #expect(known.isStale)
        #expect(known.failure?.reason == "connection_refused")
        #expect(larder.calls == 2)
    }

    @Test func `who waits for the next call is told when the one under way has failed`() async {
        let larder = Larder(Larder.vendor(Self.down))
        larder.vendor.hold()
        let first = larder.ask()
        await larder.calls(reach: 1)
        larder.clock.advance(by: .seconds(1))
        let second = larder.ask(notBefore: larder.clock.now)
        larder.vendor.open()
        #expect(await first.value.failure?.reason == "connection_refused")
        #expect(await second.value.failure?.reason == "connection_refused")
        #expect(larder.calls == 1)
    }

    @Test func `a vendor that wants to be left alone for longer is`() async {
        let larder = Larder(Larder.vendor(.failure(.rateLimited(retryAfter: .seconds(90)))))
        #expect(await larder.read().failure?.reason == "rate_limited")
        larder.clock.advance(by: .seconds(89))
        _ = await larder.read()
        #expect(larder.calls == 1)
        larder.clock.advance(by: .seconds(1))
        _ = await larder.read()
        #expect(larder.calls == 2)
    }

    static let failures: [(VendorError, String)] = [
        (.unavailable(reason: "status_502"), "status_502"), (.authFailed, "auth_failed"),
        (.unreadable("stock"), "unreadable"), (.refused(code: "no access", message: "<b>"), "refused"),
    ]

    @Test(arguments: failures) func `a failure is told in one stable word`(error: VendorError, word: String) async {
        let larder = Larder(Larder.vendor(.failure(error)))
        #expect(await larder.read().failure?.reason == word)
    }

    // MARK: The circuit

    private static func resting() -> (Larder, Vendor) {
        var policy = VendorPolicy()
        policy.breakerFailures = 1
        let script = Larder.vendor(.success(Larder.rows(5)))
        let vendor = Vendor(name: "b", adapter: script, policy: policy)
        return (Larder(script, others: [vendor]), vendor)
    }

    @Test func `a vendor that rests is not called`() async {
        let (larder, vendor) = Self.resting()
        _ = vendor.circuit.noteFailure(at: larder.clock.now)
        let known = await larder.cache.reading(Larder.isp, at: "b")
        #expect(known.value == nil)
        #expect(known.failure?.reason == "resting")
        #expect(larder.calls == 0)
        vendor.circuit.noteAnswer()
        larder.clock.advance(by: .seconds(5))
        #expect(await larder.cache.reading(Larder.isp, at: "b").value == Larder.told(5))
    }

    @Test func `what is stale is told on while its vendor rests, and says why`() async {
        let (larder, vendor) = Self.resting()
        _ = await larder.cache.reading(Larder.isp, at: "b")
        _ = vendor.circuit.noteFailure(at: larder.clock.now)
        #expect(await larder.cache.reading(Larder.isp, at: "b").failure == nil)
        larder.clock.advance(by: .seconds(60))
        let known = await larder.cache.reading(Larder.isp, at: "b")
        #expect(known.value == Larder.told(5))
        #expect(known.isStale)
        #expect(known.failure?.reason == "resting")
        #expect(larder.calls == 1)
    }

    @Test func `a call that has waited for room is not made when its vendor rests by then`() async {
        var policy = VendorPolicy()
        policy.breakerFailures = 1
        let script = ScriptedVendor.idempotent()
        let vendor = Vendor(name: "b", adapter: script, policy: policy)
        let larder = Larder(script, others: [vendor]) { $0.readsAtOnce = 1 }
        script.hold()
        let first = Task { await larder.cache.reading(Larder.isp, at: "b") }
        await larder.calls(reach: 1)
        let second = Task { await larder.cache.reading(.stock(StockQuery(.isp)), at: "b") }
        await larder.until { larder.cache.count == 2 }
        _ = vendor.circuit.noteFailure(at: larder.clock.now)
        script.open()
        #expect(await first.value.failure == nil)
        #expect(await second.value.failure?.reason == "resting")
        #expect(larder.calls == 1)
    }
}

import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Failure limiter` {
    @Test func `counts each address by itself`() {
        let limiter = FailureLimiter(timepiece: ManualClock().timepiece)
        for _ in 1...FailureLimiter.allowance { #expect(limiter.note("192.0.2.1") == nil) }
        #expect(limiter.note("192.0.2.1") == 60)
        #expect(limiter.note("192.0.2.2") == nil)
    }

    @Test func `remembers no more addresses than it may`() {
        let limiter = FailureLimiter(timepiece: ManualClock().timepiece)
        for _ in 0...FailureLimiter.allowance { _ = limiter.note("first") }
        for number in 0..<FailureLimiter.capacity { _ = limiter.note("\(number)") }
        #expect(limiter.note("first") == nil)
    }

    @Test func `survives a clock that is set back`() {
        let clock = ManualClock()
        let limiter = FailureLimiter(timepiece: clock.timepiece)
        for _ in 0...FailureLimiter.allowance { _ = limiter.note("a") }
        clock.advance(by: .seconds(-3600))
        #expect(limiter.note("a") == nil)
    }
}

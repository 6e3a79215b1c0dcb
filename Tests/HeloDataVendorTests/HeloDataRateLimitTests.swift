import Foundation
import Purchasing
import Testing
import VendorHTTP

@testable import HeloDataVendor

struct `The rate limit of an account` {
    private let start = Date(timeIntervalSince1970: 1_717_029_590)
    private let limit = HeloDataRateLimit()

    private func answer(_ remaining: Int, of total: Int = 10, resetsIn seconds: Int = 10, status: Int = 200)
        -> VendorReply
    {
        .answer(
            VendorAnswer(
                status: status,
                headers: [
                    "x-ratelimit-limit": "\(total)", "x-ratelimit-remaining": "\(remaining)",
                    "x-ratelimit-reset": "\(Int(start.timeIntervalSince1970) + seconds)",
                ], body: []))
    }

    @Test func `holds nothing back before it is known`() async {
        for _ in 0..<100 { #expect(await limit.admit(.read, now: start) == nil) }
    }

    @Test func `keeps a fifth for purchases, and opens again at the reset`() async {
        #expect(await limit.admit(.read, now: start) == nil)
        await limit.finish(answer(3), now: start)
        #expect(await limit.admit(.read, now: start) == nil)
        #expect(await limit.admit(.read, now: start) == .seconds(10))
        #expect(await limit.admit(.purchase, now: start) == nil)
        #expect(await limit.admit(.purchase, now: start) == nil)
        #expect(await limit.admit(.purchase, now: start.addingTimeInterval(4)) == .seconds(6))
        #expect(await limit.admit(.read, now: start.addingTimeInterval(10)) == nil)
    }

    @Test func `lets who only looks wait first, then following, and purchases last`() async {
        #expect(await limit.admit(.purchase, now: start) == nil)
        await limit.finish(answer(5), now: start)
        #expect(await limit.admit(.browse, now: start) == nil)
        #expect(await limit.admit(.browse, now: start) == .seconds(10))
        #expect(await limit.admit(.read, now: start) == nil)
        #expect(await limit.admit(.read, now: start) == nil)
        #expect(await limit.admit(.read, now: start) == .seconds(10))
        #expect(await limit.admit(.purchase, now: start) == nil)
        #expect(await limit.admit(.purchase, now: start) == nil)
        #expect(await limit.admit(.purchase, now: start) == .seconds(10))
        #expect(await limit.admit(.browse, now: start.addingTimeInterval(10)) == nil)
    }

    @Test func `counts the calls whose answers are still out`() async {
        for _ in 0..<3 { #expect(await limit.admit(.purchase, now: start) == nil) }
        await limit.finish(answer(3), now: start)
        #expect(await limit.admit(.purchase, now: start) == nil)
        #expect(await limit.admit(.purchase, now: start) == .seconds(10))
    }

    @Test func `shuts for as long as a 429 says`() async {
        #expect(await limit.admit(.purchase, now: start) == nil)
        await limit.finish(.answer(VendorAnswer(status: 429, headers: ["retry-after": "8"], body: [])), now: start)
        #expect(await limit.admit(.purchase, now: start) == .seconds(8))
        #expect(await limit.admit(.read, now: start.addingTimeInterval(7.5)) == .milliseconds(500))
        #expect(await limit.admit(.read, now: start.addingTimeInterval(8)) == nil)
    }

    @Test func `is not moved by nonsense`() async {
        for headers in [
            ["x-ratelimit-remaining": "0"], ["x-ratelimit-remaining": "-1", "x-ratelimit-reset": "1717029600"],
            ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"],
            ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"],
        ] {
            #expect(await limit.admit(.purchase, now: start) == nil)
            await limit.finish(.answer(VendorAnswer(status: 200, headers: headers, body: [])), now: start)
        }
        #expect(await limit.admit(.purchase, now: start) == nil)
    }
}

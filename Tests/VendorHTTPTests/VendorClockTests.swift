import Foundation
import Purchasing
import Testing
import VendorHTTP

@Suite struct VendorClockTests {
    private static let now = Date(timeIntervalSince1970: 1_779_962_400)  // Thu, 28 May 2026 10:00:00 GMT
    private static let start = Date(timeIntervalSince1970: 1_779_962_395)

    private static func told(_ date: String?) -> Goods {
        let clock = VendorClock()
        clock.note(VendorAnswer(status: 200, headers: date.map { ["date": $0] } ?? [:], body: []), now: now)
        return clock.judged(Goods(id: "1", startsAt: start, isReady: true))
    }

    @Test(arguments: [
        ("Thu, 28 May 2026 10:00:00 GMT", true), ("Thu, 28 May 2026 09:59:10 GMT", true),
        ("Thu, 28 May 2026 10:00:59 GMT", true), ("Thu, 28 May 2026 09:55:00 GMT", false),
        ("Fri, 29 May 2026 10:00:00 GMT", false), ("Wed, 27 May 2026 10:00:00 GMT", false),
    ])
    func `a beginning is evidence where the clocks agree, and never moved`(date: String, isTimed: Bool) {
        let goods = Self.told(date)
        #expect(goods.startsAt == Self.start)
        #expect(goods.isTimed == isTimed)
    }

    @Test(arguments: [nil, "", "yesterday", "Thu, 28 May 2026 10:00:00 CET"])
    func `a clock that is not told makes no time evidence`(date: String?) {
        #expect(!Self.told(date).isTimed)
    }

    @Test func `before the first answer nothing is known`() {
        #expect(!VendorClock().judged(Goods(id: "1", startsAt: Self.start, isReady: true)).isTimed)
    }
}

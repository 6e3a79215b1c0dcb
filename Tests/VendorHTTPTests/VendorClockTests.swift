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
        return clock.byOurs(Goods(id: "1", startsAt: start, isReady: true))
    }

    @Test(arguments: [
        ("Thu, 28 May 2026 10:00:00 GMT", 0.0), ("Thu, 28 May 2026 09:59:10 GMT", 0),
        ("Thu, 28 May 2026 10:00:59 GMT", 0),
        ("Fri, 29 May 2026 10:00:00 GMT", -86_400), ("Wed, 27 May 2026 10:00:00 GMT", 86_400),
    ])
    func `goods begin when our clock would have said so`(date: String, shift: TimeInterval) {
        let goods = Self.told(date)
        #expect(goods.startsAt == Self.start.addingTimeInterval(shift))
        #expect(goods.isTimed)
    }

    @Test(arguments: [nil, "", "yesterday", "Thu, 28 May 2026 10:00:00 CET"])
    func `a clock that is not told makes no time evidence`(date: String?) {
        #expect(!Self.told(date).isTimed)
    }

    @Test func `before the first answer nothing is known`() {
        #expect(!VendorClock().byOurs(Goods(id: "1", startsAt: Self.start, isReady: true)).isTimed)
    }
}

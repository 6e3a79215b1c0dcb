import Foundation
import Purchasing
import Testing
import VendorHTTP

@Suite struct VendorClockTests {
    private static let now = Date(timeIntervalSince1970: 1_779_962_400)  // Thu, 28 May 2026 10:00:00 GMT
    private static let start = Date(timeIntervalSince1970: 1_779_962_395)
    private static let day: TimeInterval = 86_400

    /// An answer: the seconds at which it comes, and its headers.
    struct Heard: Sendable {
        let at: Int
        let headers: [String: String]

        init(_ at: Int, _ date: String?, age: String? = nil) {
            self.at = at
            headers = [("date", date), ("age", age)].reduce(into: [:]) { $0[$1.0] = $1.1 }
        }

        /// By a clock that is so many seconds ahead, and ticks.
        init(_ at: Int, ahead seconds: TimeInterval, age: String? = nil) {
            let format = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = format
            self.init(at, formatter.string(from: now.addingTimeInterval(Double(at) + seconds)), age: age)
        }
    }

    /// A clock that has heard some answers, and how it judges goods that come with the last.
    private static func judged(_ heard: [Heard], _ starts: [Date?] = [start]) -> [Goods] {
        let clock = VendorClock()
        for answer in heard {
            clock.note(
                VendorAnswer(status: 200, headers: answer.headers, body: []),
                now: now.addingTimeInterval(Double(answer.at)), elapsed: .seconds(answer.at))
        }
        let list = starts.map { Goods(id: "1", startsAt: $0, isReady: true) }
        return clock.judged(list, now: now.addingTimeInterval(Double(heard.last?.at ?? 0)))
    }

    private static func offset(_ heard: [Heard]) -> TimeInterval? { judged(heard, [nil])[0].clockOffset }

    @Test(arguments: [
        ("Thu, 28 May 2026 10:00:00 GMT", true), ("Thu, 28 May 2026 09:59:10 GMT", true),
        ("Thu, 28 May 2026 10:00:59 GMT", true), ("Thu, 28 May 2026 09:55:00 GMT", false),
        ("Fri, 29 May 2026 10:00:00 GMT", false), ("Wed, 27 May 2026 10:00:00 GMT", false),
    ])
    func `one answer tells only whether the clocks agree, and then nothing is moved`(date: String, agrees: Bool) {
        let goods = Self.judged([Heard(0, date)])[0]
        #expect(goods.startsAt == Self.start)
        #expect(goods.clockOffset == (agrees ? 0 : nil))
        #expect(goods.began == Self.start)
    }

    @Test(arguments: [nil, "", "yesterday", "Thu, 28 May 2026 10:00:00 CET"])
    func `a clock that is not told makes no time evidence`(date: String?) {
        #expect(Self.judged([Heard(0, date)])[0].clockOffset == nil)
    }

    @Test func `before the first answer nothing is known`() {
        #expect(Self.judged([])[0].clockOffset == nil)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let heard: [Heard]
        let offset: TimeInterval?
        var testDescription: String { name }
    }

    private static let stopped = "Wed, 27 May 2026 10:00:00 GMT"

    static let rows: [Row] = [
        Row(name: "a day ahead, seen to tick", heard: [Heard(0, ahead: day), Heard(10, ahead: day)], offset: day),
        Row(name: "a day behind, seen to tick", heard: [Heard(0, ahead: -day), Heard(600, ahead: -day)], offset: -day),
        Row(name: "not for long enough", heard: [Heard(0, ahead: day), Heard(9, ahead: day)], offset: nil),
        Row(
            name: "an answer that was slow", heard: [Heard(0, ahead: day), Heard(20, ahead: day - 4)],
            offset: day - 4),
        Row(
            name: "measurements that differ", heard: [Heard(0, ahead: day), Heard(20, ahead: day - 6)], offset: nil),
        Row(
            name: "the same again after one that differed",
            heard: [Heard(0, ahead: day), Heard(20, ahead: 2 * day), Heard(30, ahead: day)], offset: nil),
        Row(
            name: "seen to tick since one that differed",
            heard: [Heard(0, ahead: day), Heard(20, ahead: 2 * day), Heard(30, ahead: 2 * day)], offset: 2 * day),
        Row(name: "stands still", heard: [Heard(0, stopped), Heard(10, stopped), Heard(600, stopped)], offset: nil),
        Row(
            name: "stands still, heard often", heard: stride(from: 0, to: 60, by: 2).map { Heard($0, stopped) },
            offset: nil),
        Row(
            name: "from a cache that says so",
            heard: [Heard(0, ahead: day, age: "7"), Heard(10, ahead: day, age: "7")], offset: nil),
        Row(
            name: "fresh through a cache", heard: [Heard(0, ahead: day, age: "0"), Heard(10, ahead: day, age: "0")],
            offset: day),
        Row(name: "in agreement from a cache", heard: [Heard(0, ahead: 0, age: "30")], offset: nil),
        Row(
            name: "an answer between that told nothing",
            heard: [Heard(0, ahead: day), Heard(10, nil), Heard(20, ahead: day)], offset: nil),
        Row(name: "set right meanwhile", heard: [Heard(0, ahead: day), Heard(20, ahead: 1)], offset: 0),
    ]

    @Test(arguments: rows) func `a difference is known once it was measured twice`(row: Row) {
        #expect(Self.offset(row.heard) == row.offset)
    }

    private static let dayAhead = [Heard(0, ahead: day), Heard(10, ahead: day)]

    @Test func `a beginning by another clock is told by ours`() {
        let goods = Self.judged(Self.dayAhead, [Self.start.addingTimeInterval(Self.day)])[0]
        #expect(goods.startsAt == Self.start.addingTimeInterval(Self.day))
        #expect(goods.began == Self.start)
    }

    @Test func `goods that have yet to begin show that a clock that agrees with ours is not theirs`() {
        let goods = Self.judged([Heard(0, ahead: 0)], [Self.start, Self.now.addingTimeInterval(240)])
        #expect(goods.map(\.clockOffset) == [nil, nil])
        #expect(Self.judged([Heard(0, ahead: 0)], [Self.now.addingTimeInterval(50)])[0].clockOffset == 0)
    }

    @Test func `goods that begin later than it is where their clock is show that it is not theirs`() {
        let list = Self.judged([Heard(0, ahead: -Self.day), Heard(10, ahead: -Self.day)], [Self.start, nil])
        #expect(list.map(\.clockOffset) == [nil, nil])
        #expect(Self.judged([Heard(0, ahead: 0)], [Self.now.addingTimeInterval(Self.day)])[0].clockOffset == nil)
    }
}

import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000), ("120.00", 120_000_000), ("0.1", 100_000), ("0.000001", 1), ("0.0000005", 1),
            ("0.0000004", 0), ("1.9999995", 2_000_000), ("999999999999.999999", 999_999_999_999_999_999),
        ] as [(String, Int64)])
    func `decimal text is read exactly, half away from zero past six places`(text: String, count: Int64) {
        #expect(Millionths(text)?.count == count)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "-1", "+1", "1e2", "1,5", " 1", "1 ", "NaN", "0x1", "١", "1.2.3", "9999999999999",
        "12345678901234",
    ])
    func `other text is no amount`(text: String) {
        #expect(Millionths(text) == nil)
    }

    @Test func `a sign is read only where one may stand`() {
        #expect(Millionths("-4.57", allowsSign: true)?.count == -4_570_000)
        #expect(Millionths("--1", allowsSign: true) == nil)
    }

    @Test(
        arguments: [
            (120_000_000, "120.00"), (0, "0.00"), (1, "0.000001"), (-4_570_000, "-4.57"), (1_234_500, "1.2345"),
        ] as [(Int64, String)])
    func `an amount is written with at least two decimals`(micros: Int64, text: String) {
        #expect(Money.usd(micros: micros).text == text)
    }

    /// Where a binary fraction would be in between, some of these come out a millionth away.
    @Test func `a JSON number is read digit by digit`() throws {
        let random = (0..<5000).map { _ in Int64.random(in: 0...999_999_999_999_999_999) }
        let misread = try ([1, 9_007_199_254_740_993, 999_999_999_999_999_999] + random).filter { count in
            let text = Millionths(count).text(places: 2)
            return try JSON(parsing: Array(text.utf8)).number.flatMap { Millionths($0) }?.count != count
        }
        #expect(misread.isEmpty)
    }

    @Test func `any amount survives being written and read`() {
        for _ in 0..<5000 {
            let count = Int64.random(in: -999_999_999_999_999_999...999_999_999_999_999_999)
            #expect(Millionths(Millionths(count).text(places: 2), allowsSign: true)?.count == count)
        }
    }

    @Test func `products are exact, and nil where they do not fit`() {
        #expect(Millionths("4.50")?.times(50)?.count == 225_000_000)
        #expect(Millionths("0.5").flatMap { Millionths("4.5")?.times($0) }?.count == 2_250_000)
        #expect(Millionths("0.000001").flatMap { Millionths("0.5")?.times($0) }?.count == 1)
        #expect(Millionths(Int64.max).times(2) == nil)
        #expect(Millionths(Int64.max).times(Millionths(Int64.max)) == nil)
    }

    @Test func `amounts of two currencies are never compared`() {
        let euros = Money(Millionths(1), currency: "EUR")
        #expect(Money.usd(micros: 2).exceeds(euros) == nil)
        #expect(Money.usd(micros: 2).minus(euros) == nil)
        #expect(Money.usd(micros: 2).exceeds(.usd(micros: 1)) == true)
    }
}

@Suite struct CountryTests {
    @Test func `there are 249 countries, each by both codes in any case`() {
        #expect(Country.all.count == 249)
        for country in Country.all {
            #expect(Country(country.alpha2.lowercased()) == country)
            #expect(Country(country.alpha3.capitalized) == country)
        }
    }

    @Test(arguments: ["", "U", "XX", "ZZZ", "USAA", "U S", "UK", "\u{0}US"]) func `other codes are none`(code: String) {
        #expect(Country(code) == nil)
    }

    @Test func `the codes belong together`() {
        #expect(Country("us")?.alpha3 == "USA")
        #expect(Country("DEU")?.alpha2 == "DE")
        #expect(Country("GBR")?.alpha2 == "GB")
    }
}

@Suite struct RentalTimeTests {
    @Test(
        arguments: [
            (.months(1), 1, 30), (.months(12), 12, 360), (.days(30), 1, 30), (.days(360), 12, 360),
            (.days(45), nil, 45),
        ] as [(RentalTime, Int?, Int)])
    func `months and days stand for each other by thirty`(rental: RentalTime, months: Int?, days: Int) {
        #expect(rental.wholeMonths == months)
        #expect(rental.asDays == days)
    }
}

@Suite struct IdentifierTests {
    @Test func `ids of one millisecond sort in the order they were made`() {
        let source = IdentifierSource { 1_700_000_000_000 }
        let ids = (0..<1000).map { _ in source.next(.order) }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 1000)
        #expect(ids.allSatisfy { Identifier($0.text, kind: .order) == $0 })
    }

    @Test func `a clock that goes back does not make older ids`() {
        let times = TestTimes([5_000, 4_000, 6_000])
        let source = IdentifierSource { times.next() }
        let ids = (0..<3).map { _ in source.next(.event) }
        #expect(ids == ids.sorted())
    }

    @Test(arguments: [
        "", "ord_", "ord_01JDA3", "evt_01JDA3ZZZZZZZZZZZZZZZZZZZZ", "ord_01jda3zzzzzzzzzzzzzzzzzzzz",
        "ord_01JDA3ZZZZZZZZZZZZZZZZZZZI",
        "ord_01JDA3ZZZZZZZZZZZZZZZZZZZ/", "ord_../../../../../../../../../",
    ])
    func `other text is no order id`(text: String) {
        #expect(Identifier(text, kind: .order) == nil)
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2026-05-28T10:00:00.000Z", "2026-05-28T10:00:00.000Z"), ("2026-05-28T10:00:00Z", "2026-05-28T10:00:00.000Z"),
        ("2026-05-28T12:00:00+02:00", "2026-05-28T10:00:00.000Z"), ("2026-05-28", "2026-05-28T00:00:00.000Z"),
        ("2023-10-26T10:49:49.220+00:00", "2023-10-26T10:49:49.220Z"),
    ])
    func `times are read with any offset and written in UTC with milliseconds`(text: String, written: String) {
        #expect(Date(rfc3339: text)?.rfc3339 == written)
    }

    @Test func `every millisecond is written as it is kept, and reads back as it was written`() {
        let start = Date.example.milliseconds
        for milliseconds in start..<start + 2000 {
            let date = Date(milliseconds: milliseconds)
            let fraction = String(milliseconds % 1000 + 1000).dropFirst()
            #expect(date.rfc3339.hasSuffix(".\(fraction)Z"))
            #expect(Date(rfc3339: date.rfc3339)?.milliseconds == milliseconds)
        }
    }

    @Test(arguments: ["", "yesterday", "2026-13-01", "2026-02-30", "28.05.2026", "1780000000", "2026-05-28T25:00:00Z"])
    func `other text is no time`(text: String) {
        #expect(Date(rfc3339: text) == nil)
    }

    @Test func `milliseconds survive the way through the store`() {
        for milliseconds in [Int64(0), 1, 999, 1_780_000_000_123, 1_780_000_000_999] {
            #expect(Date(milliseconds: milliseconds).milliseconds == milliseconds)
        }
    }
}

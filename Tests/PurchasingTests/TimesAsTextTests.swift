import Foundation
import Testing

@testable import Purchasing

/// Times as callers read them, held against Foundation's own format.
@Suite struct TimesAsTextTests {
    /// With a part too short to see added: Foundation cuts binary fractions that stand just below.
    static func foundation(_ date: Date) -> String {
        date.addingTimeInterval(0.000_4).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    @Test func `every day of two hundred years has its date, and reads back`() {
        for day in -25_568..<47_482 {
            let date = Date(milliseconds: Int64(day) * 86_400_000 + Int64(day & 1) * 86_399_999)
            #expect(date.rfc3339 == Self.foundation(date))
            if day % 7 == 0 { #expect(Date(rfc3339: date.rfc3339)?.milliseconds == date.milliseconds) }
        }
    }

    @Test func `any second of the Gregorian calendar is told as Foundation tells it`() {
        let seed = UInt64.random(in: 1...UInt64(UInt32.max))
        var state = seed
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let date = Date(milliseconds: Int64(state >> 16) % 265_614_336_000_000 - 12_212_553_600_000)
            let second = Date(milliseconds: date.milliseconds / 1000 * 1000)
            #expect(second.rfc3339 == Self.foundation(second), "seed \(seed)")
            let fraction = date.milliseconds - second.milliseconds
            #expect(date.advanced(by: .seconds(fraction < 0 ? 1 : 0)).rfc3339.hasPrefix(second.rfc3339.prefix(19)))
            #expect(date.rfc3339.hasSuffix(String(1000 + (fraction + 1000) % 1000).dropFirst() + "Z"), "seed \(seed)")
        }
    }

    @Test(
        arguments: [
            ("2024-02-29T00:00:00.000Z", 1_709_164_800_000), ("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
            ("1969-12-31T23:59:59.999Z", -1), ("1970-01-01T00:00:00.000Z", 0),
            ("1583-01-01T00:00:00.000Z", -12_212_553_600_000),
            ("1582-12-31T23:59:59.999Z", -12_212_553_600_001), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)]) func `the edges of years and leap days`(text: String, milliseconds: Int64)
    {
        #expect(Date(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test func `amounts have two decimals, or as many as they need`() {
        for (count, text) in [
            (0, "0.00"), (1, "0.000001"), (-1, "-0.000001"), (10, "0.00001"), (1_000_000, "1.00"),
            (-1_500_000, "-1.50"),
            (1_050_000, "1.05"), (1_000_100, "1.0001"), (.max, "9223372036854.775807"), (.min, "-9223372036854.775808"),
        ] as [(Int64, String)] {
            #expect(Millionths(count).text(places: 2) == text)
        }
        #expect(Millionths(1_000_000).text(places: 0) == "1")
        #expect(Millionths(1_500_000).text(places: 0) == "1.5")
        #expect(Millionths(0).text(places: 6) == "0.000000")
    }
}

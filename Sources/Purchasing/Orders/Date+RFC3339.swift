public import Foundation

extension Date {
    /// RFC 3339 in UTC with milliseconds: `2026-05-28T10:00:00.000Z`.
    ///
    /// Reckoned here, since history tells five times of each order and Foundation's format takes a calendar to each of
    /// them, which was a tenth of an export. Years of more than four digits, and those before the Gregorian calendar, are left
    /// to it.
    public var rfc3339: String {
        let (day, time) = Self.parts(milliseconds, of: 86_400_000)
        let (year, month, dayOfMonth) = Self.onTheCalendar(day)
        guard (1583...9999).contains(year) else { return addingTimeInterval(0.000_4).formatted(Self.rfc3339Format) }
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ value: Int64, _ places: Int, _ end: Unicode.Scalar) {
            var unit = [1, 10, 100, 1000][places - 1] as Int64
            while unit > 0 {
                text.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
                unit /= 10
            }
            text.append(UInt8(ascii: end))
        }
        append(year, 4, "-")
        append(month, 2, "-")
        append(dayOfMonth, 2, "T")
        append(time / 3_600_000, 2, ":")
        append(time / 60_000 % 60, 2, ":")
        append(time / 1000 % 60, 2, ".")
        append(time % 1000, 3, "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// The date of a day that is counted from 1970-01-01, by the Gregorian calendar.
    ///
    /// Years are taken to begin in March, so that a leap day ends one; 400 of them have 146,097 days, and five months from
    /// March on have 153.
    private static func onTheCalendar(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = parts(day + 719_468, of: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = 400 * era + yearOfEra + (month < 10 ? 0 : 1)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    /// How many whole parts of a size there are, and what is left; times before 1970 are below zero.
    private static func parts(_ value: Int64, of size: Int64) -> (Int64, rest: Int64) {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: size)
        return rest < 0 ? (quotient - 1, rest + size) : (quotient, rest)
    }

    /// Reads RFC 3339 with or without a fraction and with any offset, or a bare date (midnight UTC); else nil.
    public init?(rfc3339 text: String) {
        guard text.utf8.count <= 40 else { return nil }
        let text = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        guard Self.isOnTheCalendar(text.prefix(19)), let date = Self.lenient(text) else { return nil }
        self = date
    }

    /// Foundation reads the 30th of February as the 2nd of March; such a time must read back as it was written.
    private static func isOnTheCalendar(_ dateAndTime: Substring) -> Bool {
        lenient(dateAndTime + "Z")?.rfc3339.prefix(19) == dateAndTime
    }

    private static func lenient(_ text: some StringProtocol) -> Date? {
        let text = String(text)
        return (try? Date(text, strategy: rfc3339Format)) ?? (try? Date(text, strategy: .iso8601))
    }

    private static let rfc3339Format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

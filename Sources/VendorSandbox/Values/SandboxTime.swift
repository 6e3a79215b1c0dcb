/// An instant on the vendor's calendar: UTC, in milliseconds since 1970.
struct SandboxTime: Sendable, Hashable, Comparable {
    let milliseconds: Int64

    static func < (left: SandboxTime, right: SandboxTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Later (or, with a negative number, earlier) by milliseconds.
    func adding(milliseconds more: Int64) -> SandboxTime {
        SandboxTime(milliseconds: milliseconds + more)
    }

    /// Later by days of 24 hours.
    func adding(days: Int) -> SandboxTime {
        adding(milliseconds: Int64(days) * Self.day)
    }

    /// The same day and time so many calendar months later, or that month's last day where it is shorter.
    ///
    /// HeloData's sample turns 28 May into 28 June (`/api-reference/orders`); what happens to the 31st is assumed.
    func adding(months: Int) -> SandboxTime {
        var date = CivilDate(daysSince1970: dayNumber)
        let month = date.month - 1 + months
        date.year += month / 12
        date.month = month % 12 + 1
        date.day = min(date.day, CivilDate.daysIn(month: date.month, of: date.year))
        return SandboxTime(milliseconds: Int64(date.daysSince1970) * Self.day + timeOfDay)
    }

    /// Whole seconds since 1970, as in `X-RateLimit-Reset`.
    var epochSeconds: Int64 {
        (dayNumber64 * Self.day + timeOfDay) / 1000
    }

    /// `2026-05-28T10:00:00Z`: HeloData's form (`/api-reference/orders`).
    var secondsText: String {
        "\(dateText)T\(clockText)Z"
    }

    /// `2023-10-26T10:49:49.220+00:00`: the legacy vendor's form (seen in promo codes, `/api-reference/promo-codes`).
    var millisecondsText: String {
        "\(dateText)T\(clockText).\(padded(timeOfDay % 1000, to: 3))+00:00"
    }

    /// `Thu, 28 May 2026 10:00:00 GMT`, as in `Date` (RFC 9110, 5.6.7).
    var httpText: String {
        let date = CivilDate(daysSince1970: dayNumber)
        let weekday = Self.weekdays[((dayNumber + 3) % 7 + 7) % 7]
        let month = Self.months[date.month - 1]
        return
            "\(weekday), \(padded(Int64(date.day), to: 2)) \(month) \(padded(Int64(date.year), to: 4)) \(clockText) GMT"
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let day: Int64 = 86_400_000

    private var dayNumber64: Int64 {
        milliseconds >= 0 ? milliseconds / Self.day : (milliseconds - Self.day + 1) / Self.day
    }

    private var dayNumber: Int { Int(dayNumber64) }

    private var timeOfDay: Int64 { milliseconds - dayNumber64 * Self.day }

    private var dateText: String {
        let date = CivilDate(daysSince1970: dayNumber)
        return [(date.year, 4), (date.month, 2), (date.day, 2)].map { padded(Int64($0), to: $1) }.joined(separator: "-")
    }

    private var clockText: String {
        let seconds = timeOfDay / 1000
        return "\(padded(seconds / 3600, to: 2)):\(padded(seconds / 60 % 60, to: 2)):\(padded(seconds % 60, to: 2))"
    }

    private func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A date of the proleptic Gregorian calendar, after Howard Hinnant's `days_from_civil`.
struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func daysIn(month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

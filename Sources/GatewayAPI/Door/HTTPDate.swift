import FoundationEssentials

extension Date {
    /// The moment as the `Date` header spells it, in GMT: `Thu, 28 May 2026 10:00:00 GMT`.
    var httpDate: String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let part = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: self)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = days[(part.weekday ?? 1) - 1]
        let month = months[(part.month ?? 1) - 1]
        return "\(weekday), \(pad(part.day)) \(month) \(part.year ?? 0)"
            + " \(pad(part.hour)):\(pad(part.minute)):\(pad(part.second)) GMT"
    }
}

private func pad(_ number: Int?) -> String {
    let digits = String(number ?? 0)
    return digits.count < 2 ? "0" + digits : digits
}

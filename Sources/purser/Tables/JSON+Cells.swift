import ExactJSON
import Foundation
import Purchasing

/// What a gateway's documents hold, as cells of a table. An absent member is a cell with `-`, as `null` is.
extension JSON? {
    /// Text as it is, numbers with their digits, lists with commas.
    var cell: String {
        switch self {
        case nil, .null?, .object?: "-"
        case .bool(let value)?: value ? "yes" : "no"
        case .number(let number)?: number.literal
        case .string(let text)?: text
        case .array(let elements)?:
            elements.isEmpty ? "-" : elements.map { JSON?.some($0).cell }.joined(separator: ", ")
        }
    }

    /// `120.00 USD`, of a unit price `6.00 USD/GB`.
    var moneyCell: String {
        guard let amount = self?["amount"]?.string else { return "-" }
        let currency = self?["currency"]?.string.map { " \($0)" } ?? ""
        let unit = self?["per"]?.string.map { "/" + Self.unit($0) } ?? ""
        return amount + currency + unit
    }

    /// How long ago a time was: `12 s`, `5 min`, `3 h`, `4 d`; the next larger unit where it would be two of it.
    func ageCell(at now: Date) -> String {
        guard let text = self?.string, let date = Date(rfc3339: text) else { return cell }
        return Self.span(milliseconds: now.milliseconds - date.milliseconds)
    }

    /// How long it is until a time, as ages are told; `over` when it has passed.
    func remainderCell(at now: Date) -> String {
        guard let text = self?.string, let date = Date(rfc3339: text) else { return cell }
        let left = date.milliseconds - now.milliseconds
        return left <= 0 ? "over" : Self.span(milliseconds: left)
    }

    /// A time to the minute: `2026-06-28 10:00Z`.
    var minuteCell: String {
        guard let text = self?.string, let date = Date(rfc3339: text) else { return cell }
        return date.rfc3339.prefix(16).replacing("T", with: " ") + "Z"
    }

    /// For how long each time: `for 30 days each time`.
    var rentalCell: String {
        for (unit, word) in [("days", "day"), ("months", "month")] {
            guard let count = self?[unit]?.int else { continue }
            return "for \(count) \(word)\(count == 1 ? "" : "s") each time"
        }
        return "-"
    }

    private static func span(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        return switch seconds {
        case 0..<120: "\(seconds) s"
        case 120..<7200: "\(seconds / 60) min"
        case 7200..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    private static func unit(_ word: String) -> String {
        switch word {
        case "gb": "GB"
        case "ip_month": "IP/month"
        default: word
        }
    }
}

import ExactJSON
import Foundation

/// How each configured vendor stands.
struct VendorTable {
    let vendors: JSON
    let now: Date

    func text(colours: Bool) -> String {
        var table = TextTable(
            "VENDOR", "HEALTH", .numbers("LATENCY"), .numbers("BALANCE"), .numbers("AGE"), .numbers("IN FLIGHT"),
            .numbers("UNKNOWN ORDERS"), .numbers("UNKNOWN ACTIONS"), "NOTE")
        for vendor in vendors["data"]?.array ?? [] {
            let (health, style) = Self.health(vendor)
            let account = vendor["account"]
            let latency = vendor["health"]?["latency_ms"]?.int.map { "\($0) ms" } ?? "-"
            let inFlight = "\(vendor["purchases_in_flight"].cell)/\(vendor["purchases_at_once"].cell)"
            table.add(
                [
                    vendor["name"].cell, health, latency, (account?["balance"]).moneyCell,
                    (account?["as_of"]).ageCell(at: now), inFlight, vendor["unknown_orders"].cell,
                    vendor["unknown_actions"].cell, note(vendor),
                ], style)
        }
        return table.text(colours: colours)
    }

    private static func health(_ vendor: JSON) -> (String, TextTable.Style) {
        let health = vendor["health"]
        let failures = health?["failures_in_a_row"]?.int ?? 0
        if vendor["enabled"]?.bool == false { return ("not enabled", .faint) }
        if health?["circuit"]?.string == "open" {
            return ("resting \((health?["rest_seconds"]).cell) s", .doubtful)
        }
        if failures > 0 { return ("failing (\(failures) in a row)", .doubtful) }
        return health?["answered_at"]?.string == nil ? ("not called yet", .plain) : ("ok", .good)
    }

    /// What a person should look at, worst first.
    private func note(_ vendor: JSON) -> String {
        let account = vendor["account"]
        let failure = vendor["health"]?["last_failure"]
        let notes = [
            vendor["overdraft"]?["since"]?.string.map { _ in "its balance is below zero: nothing is bought there" },
            vendor["key_holds"]?.bool == false ? "its idempotency key did not hold" : nil,
            vendor["oldest_unknown"]?.string.map { _ in
                "oldest unknown order \(vendor["oldest_unknown"].ageCell(at: now)) ago"
            },
            vendor["oldest_unknown_action"]?.string.map { _ in
                "oldest unknown action \(vendor["oldest_unknown_action"].ageCell(at: now)) ago"
            },
            account?["kyc_status"]?.string.flatMap { $0 == "approved" ? nil : "kyc \($0)" },
            account?["error"]?.string.map { "account: \($0)" },
            account?["stale"]?.bool == true ? "the balance is stale" : nil,
            failure?["reason"]?.string.map { "last failure \($0), \((failure?["at"]).ageCell(at: now)) ago" },
        ]
        return notes.compactMap(\.self).joined(separator: "; ")
    }
}

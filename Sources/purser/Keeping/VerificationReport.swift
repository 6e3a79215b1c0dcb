import ExactJSON
import SQLiteStore

/// What a verification found, for people and for programs.
struct VerificationReport {
    let path: String
    let verification: StoreVerification

    /// The document.
    var json: JSON {
        .object([
            ("path", .string(path)), ("ok", .bool(verification.isGood)),
            ("orders", verification.orders.map(JSON.int) ?? .null),
            ("actions", verification.actions.map(JSON.int) ?? .null),
            ("events", verification.events.map(JSON.int) ?? .null),
            ("checks", .array(verification.checks.map(Self.json))),
        ])
    }

    private static func json(_ check: StoreVerification.Check) -> JSON {
        var members: [(String, JSON?)] = [("name", .string(check.name)), ("rule", .string(check.rule))]
        switch check.outcome {
        case .holds: members.append(("result", "ok"))
        case .older: members.append(("result", "not_checked"))
        case .broken(let first, let hasMore):
            members += [
                ("result", "broken"), ("findings", .array(first.map(JSON.string))), ("more_findings", .bool(hasMore)),
            ]
        }
        return .object(members)
    }

    /// A table, and below it everything that was found.
    var text: String {
        var table = TextTable("CHECK", "RESULT")
        table.rows = verification.checks.map { check in
            switch check.outcome {
            case .holds: [check.name, "ok"]
            case .older: [check.name, "not checked: the file is older; the next start brings it up to date"]
            case .broken: [check.name, "BROKEN"]
            }
        }
        return table.text + findings
    }

    /// What each broken rule says and what breaks it; empty when none is.
    var findings: String {
        verification.broken.map { check in
            guard case .broken(let first, let hasMore) = check.outcome else { return "" }
            let lines = first.map { "  \($0.terminalText(limit: 1000))\n" } + (hasMore ? ["  and more\n"] : [])
            return "\(check.name): it does not hold that \(check.rule)\n" + lines.joined()
        }.joined()
    }
}

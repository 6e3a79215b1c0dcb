import ExactJSON
import Purchasing

/// A client's budget as callers see it.
struct BudgetBody {
    let json: JSON

    /// - Parameter keys: those that clients have: a budget of a client without one is most likely a slip of the pen.
    init(_ budget: BudgetStanding, _ keys: KeyRing) {
        json = [
            "client": .string(budget.client), "limit": Money(budget.limit).json, "spent": Money(budget.spent).json,
            "held": Money(budget.held).json, "free": Money(budget.free).json,
            "period": .string(budget.period.rawValue), "since": .optional(budget.since?.rfc3339),
            "resets_at": .optional(budget.resetsAt?.rfc3339), "reason": .optional(budget.reason),
            "by": .string(budget.by), "changed_at": .string(budget.changedAt.rfc3339),
            "warnings": keys.warnings(aboutClients: [budget.client]),
        ]
    }
}

extension BudgetChange {
    /// A change as callers see it.
    var json: JSON {
        [
            "number": .int(number), "client": .string(client), "limit": limit.map { Money($0).json } ?? .null,
            "period": .optional(period?.rawValue), "reason": .optional(reason), "by": .string(by),
            "request_id": .string(requestID), "at": .string(at.rfc3339),
        ]
    }
}

extension KeyRing {
    /// A warning for each client that no key in use belongs to.
    func warnings(aboutClients names: [String]) -> JSON {
        .array(
            names.filter { !hasKey(ofClient: $0) }.map { name in
                .string("no key in use belongs to a client named \(name); this has no effect until one does")
            })
    }
}

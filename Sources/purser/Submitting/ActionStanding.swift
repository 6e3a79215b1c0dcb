import ExactJSON
import Purchasing

/// Where an action stands.
struct ActionStanding: Standing {
    private let action: JSON

    init(_ action: JSON) { self.action = action }

    private var status: ActionStatus? { action["status"]?.string.flatMap(ActionStatus.init) }

    private var kind: ActionKind? { action["kind"]?.string.flatMap(ActionKind.init) }

    var isDone: Bool { status == .completed }
    var isNotDone: Bool { status == .failed }
    var isUnderWay: Bool { status == .pending || status == .running }
    var isAtRest: Bool { isDone || isNotDone || needsReview }

    /// Whether only a person can say what became of it.
    private var needsReview: Bool { action["unknown"]?["needs_review"]?.bool == true }

    /// Id, kind, vendor and status; of what may be charged, the total.
    var line: String {
        let cells =
            [action["id"].cell, kindCell, action["vendor"].cell, action["status"].cell] + [total].compactMap(\.self)
        return cells.joined(separator: "  ").terminalText(limit: 400)
    }

    /// The kind in words.
    var kindCell: String { action["kind"].cell.replacing("_", with: " ") }

    /// What was charged; nil where nothing is to be told.
    private var total: String? {
        let told = action["total"].moneyCell
        if told != "-" { return told }
        return isDone && kind?.maySpend == true ? "total unknown" : nil
    }

    var notes: [String] {
        var notes: [String] = []
        switch status {
        case .completed: notes = results + [consequence].compactMap(\.self)
        case .failed:
            notes.append("not done: \(action["error"]?["detail"].cell ?? "the action failed")")
            if let words = action["error"]?["vendor"]?.vendorWords { notes.append(words) }
        case .unknown:
            let reason = (action["unknown"]?["reason"]).cell
            notes.append(
                needsReview
                    ? "the vendor may have done it (\(reason)); only an operator can decide, with purser actions resolve"
                    : "the vendor may have done it (\(reason)); it is being settled by evidence")
            notes += (action["unknown"]?["findings"]?.array ?? []).compactMap(\.string)
        case .pending, .running, nil: break
        }
        return notes.map { $0.terminalText(limit: 400) }
    }

    /// What follows from its having been done.
    private var consequence: String? {
        switch kind {
        case .refresh: "the new IPs come in some minutes; until then the list may be empty or short"
        case .replace: "the new IP comes in some minutes; until then the list is one short"
        case .autoRenew:
            action["request"]?["enabled"]?.bool == true
                ? "renews itself from now on, \(action["request"].rentalCell)" : "renews itself no more"
        case .rotatePassword: "the old password stops working; the list of IPs has the new one"
        case .renew, .release, .allow, .disallow, nil: nil
        }
    }

    /// What it led to, a line each: `expires at: 2026-06-28T10:00:00.000Z`.
    private var results: [String] {
        let members = (action["result"]?.object).map { $0.map { ($0.key, JSON?.some($0.value).cell) } } ?? []
        return members.filter { $0.1 != "-" }.map { name, cell in "\(name.replacing("_", with: " ")): \(cell)" }
    }
}

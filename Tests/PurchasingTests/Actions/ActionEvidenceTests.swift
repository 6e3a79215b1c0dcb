import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// What goods prove about an action whose answer was lost.
@Suite struct ActionEvidenceTests {
    static let day: TimeInterval = 86_400
    static let before: GoodsCondition = {
        var before = GoodsCondition(isThere: true)
        before.expiresAt = .example
        before.count = 5
        before.ips = "aa"
        before.marks = [1, 2, 3, 4, 5]
        before.holdsIP = true
        before.credentials = 17
        before.renewsItself = false
        before.allowed = ["198.51.100.1"]
        before.allowedEntries = ["wl_1"]
        before.balance = .usd("100")
        return before
    }()

    static func now(_ change: (inout GoodsCondition) -> Void) -> GoodsCondition {
        var now = before
        change(&now)
        return now
    }

    /// None of the IPs of before.
    static let refreshed = now {
        $0.ips = "bb"; $0.marks = [6, 7, 8, 9, 10]
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let task: ActionTask
        let sample: GoodsCondition
        var owns = false
        var testDescription: String { name }
    }

    /// What shows that it was done.
    static let done: [Row] = [
        Row(name: "renewed by a month", task: .renew(.months(1)), sample: now { $0.expiresAt = .example + 31 * day }),
        Row(name: "renewed by a year", task: .renew(.months(12)), sample: now { $0.expiresAt = .example + 366 * day }),
        Row(name: "renewed in February", task: .renew(.months(1)), sample: now { $0.expiresAt = .example + 28 * day }),
        Row(
            name: "renewed and charged", task: .renew(.days(30)),
            sample: now {
                $0.expiresAt = .example + 30 * day; $0.balance = .usd("90")
            }, owns: true),
        Row(name: "refreshed", task: .refresh, sample: refreshed),
        Row(name: "rotated", task: .rotatePassword, sample: now { $0.credentials = 18 }),
        Row(name: "released", task: .release, sample: GoodsCondition(isThere: false)),
        Row(name: "replaced", task: .replace(ip: "x"), sample: now { $0.holdsIP = false }),
        Row(name: "renews itself", task: .autoRenew(.days(30)), sample: now { $0.renewsItself = true }),
        Row(name: "allowed", task: .allow("203.0.113.7"), sample: now { $0.allowed?.append("203.0.113.7") }),
        Row(name: "disallowed", task: .disallow(entry: "wl_1"), sample: now { $0.allowedEntries = [] }),
    ]

    @Test(arguments: done) func `two readings that show it prove it`(row: Row) {
        let evidence = Self.evidence(row)
        #expect(evidence.judge([row.sample], isFinal: false) == .undecided)
        #expect(evidence.wantsConfirmation([row.sample]))
        #expect(evidence.judge([row.sample, row.sample], isFinal: false) == .done(row.sample))
        #expect(evidence.judge([row.sample, nil, row.sample], isFinal: false) == .undecided)
    }

    @Test(arguments: done) func `readings that show what was before prove that it was not done`(row: Row) {
        // A reading that shows it set back to what it was proves nothing before the settle time is over.
        let evidence = Self.evidence(row)
        #expect(evidence.judge([Self.before, Self.before], isFinal: false) == .undecided)
        #expect(evidence.judge([Self.before, Self.before], isFinal: true) == .notDone)
        #expect(evidence.judge([Self.before], isFinal: true) != .notDone)
        guard case .review = evidence.judge([Self.before, nil], isFinal: true) else {
            Issue.record("a failed reading counted")
            return
        }
    }

    /// What only a person can judge.
    static let doubtful: [Row] = [
        Row(name: "the balance moved", task: .renew(.months(1)), sample: now { $0.balance = .usd("90") }),
        Row(name: "no balance", task: .renew(.months(1)), sample: now { $0.balance = nil }),
        Row(name: "moved too little", task: .renew(.months(1)), sample: now { $0.expiresAt = .example + 20 * day }),
        Row(name: "no expiry", task: .renew(.months(1)), sample: now { $0.expiresAt = nil }),
        Row(
            name: "renewed, charged otherwise", task: .renew(.days(30)),
            sample: now {
                $0.expiresAt = .example + 30 * day; $0.balance = .usd("89")
            }, owns: true),
        Row(
            name: "renewed, not charged", task: .renew(.days(30)),
            sample: now { $0.expiresAt = .example + 30 * day }, owns: true),
        Row(name: "gone while renewing", task: .renew(.months(1)), sample: GoodsCondition(isThere: false)),
        Row(name: "gone while refreshing", task: .refresh, sample: GoodsCondition(isThere: false)),
        Row(name: "IPs not told", task: .refresh, sample: now { $0.ips = nil }),
        Row(
            name: "renewed for much longer", task: .renew(.months(1)),
            sample: now { $0.expiresAt = .example + 61 * day }),
        Row(
            name: "IPs missing while refreshing", task: .refresh,
            sample: now {
                $0.ips = "bb"; $0.marks = [6, 7, 8, 9]; $0.count = 4
            }),
        Row(
            name: "somebody replaced one IP", task: .refresh,
            sample: now {
                $0.ips = "bb"; $0.marks = [2, 3, 4, 5, 6]
            }),
        Row(
            name: "which IPs stayed is not told", task: .refresh,
            sample: now {
                $0.ips = "bb"; $0.marks = nil
            }),
        Row(
            name: "IPs missing while replacing", task: .replace(ip: "x"),
            sample: now {
                $0.holdsIP = false; $0.count = 4
            }),
        Row(name: "charged, not replaced", task: .replace(ip: "x"), sample: now { $0.balance = .usd("94") }),
    ]

    @Test(arguments: doubtful) func `anything else is left to a person`(row: Row) {
        guard case .review(let findings) = Self.evidence(row).judge([row.sample, row.sample], isFinal: true) else {
            Issue.record("it was decided")
            return
        }
        #expect(!findings.isEmpty)
        #expect(Self.evidence(row).judge([row.sample, row.sample], isFinal: false) == .undecided)
    }

    @Test func `a list that was not whole before a refresh proves nothing`() {
        let sample = Self.refreshed
        let evidence = ActionEvidence(
            task: .refresh, quotedPrice: nil, baseline: Self.now { $0.count = 4 }, ordered: 5, ownsBalance: false)
        #expect(evidence.judge([sample, sample], isFinal: false) == .undecided)
        guard case .review = evidence.judge([sample, sample], isFinal: true) else {
            Issue.record("it was decided")
            return
        }
    }

    @Test(arguments: [true, nil, false])
    func `goods that their vendor may have renewed by itself are not proved to be renewed by their expiry`(
        renewsItself: Bool?
    ) {
        let renewed = Self.now { $0.expiresAt = .example + 30 * Self.day }
        let paid = Self.now {
            $0.expiresAt = .example + 30 * Self.day; $0.balance = .usd("90")
        }
        for (hours, owns, sample) in [(-1.0, false, renewed), (1, true, paid), (23, false, renewed)] {
            var evidence = ActionEvidence(
                task: .renew(.days(30)), quotedPrice: .usd("10"),
                baseline: Self.now { $0.renewsItself = renewsItself }, ordered: 5, ownsBalance: owns)
            evidence.watchedUntil = .example - hours * 3600
            let verdict = evidence.judge([sample, sample], isFinal: true)
            if renewsItself == false {
                #expect(verdict == .done(sample))
            } else {
                guard case .review(let findings) = verdict else {
                    Issue.record("\(hours) h before the end: \(verdict)")
                    continue
                }
                #expect(findings.contains { $0.contains("of its own accord") })
            }
            evidence.watchedUntil = .example - 25 * 3600
            #expect(evidence.judge([sample, sample], isFinal: false) == .done(sample))
        }
    }

    @Test func `a replacement that only our count calls free is known to be when the balance never moved`() {
        let evidence = ActionEvidence(
            task: .replace(ip: "x"), quotedPrice: .usd("0"), baseline: Self.before, ordered: 5, ownsBalance: false)
        let free = Self.now { $0.holdsIP = false }
        let charged = Self.now {
            $0.holdsIP = false; $0.balance = .usd("94")
        }
        // Before the settle time is over, what it cost may not show yet.
        #expect(evidence.judge([free, free], isFinal: false) == .undecided)
        #expect(evidence.judge([free, free], isFinal: true) == .done(free))
        #expect(evidence.provesFree([free, free]))
        for samples in [[free, charged], [charged, charged], [nil, free, free], [charged, free, free]] {
            #expect(!evidence.provesFree(samples))
        }
        #expect(evidence.judge([free, charged], isFinal: false) == .done(charged))
    }

    @Test func `marks tell whether any IP of a list stayed`() {
        for count in [1, 5, 64, 5000] {
            let before = (0..<count).map { "198.51.\($0 / 256).\($0 % 256)" }
            let after = (0..<count).map { "203.0.\($0 / 256).\($0 % 256)" }
            let marks = GoodsCondition.marks(of: before)
            #expect(marks.count == min(count, 64))
            #expect(GoodsCondition.marks(of: before.reversed()) == marks)
            #expect(Set(GoodsCondition.marks(of: after)).isDisjoint(with: marks))
            for changed in [1, count / 2] where changed < count {
                let some = after.prefix(changed) + before.dropFirst(changed)
                #expect(!Set(GoodsCondition.marks(of: some)).isDisjoint(with: marks), "\(changed) of \(count)")
            }
        }
    }

    @Test func `an address that was allowed before proves nothing, and nothing has to be done`() {
        let row = Row(name: "", task: .allow("198.51.100.1"), sample: Self.before)
        #expect(Self.evidence(row).judge([Self.before, Self.before], isFinal: false) == .done(Self.before))
    }

    private static func evidence(_ row: Row) -> ActionEvidence {
        ActionEvidence(task: row.task, quotedPrice: .usd("10"), baseline: before, ordered: 5, ownsBalance: row.owns)
    }
}

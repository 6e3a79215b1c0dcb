import Foundation

/// What the evidence says about an action whose outcome is unknown.
enum ActionVerdict: Sendable, Hashable {
    /// The vendor did it; the goods as they stand now.
    case done(GoodsCondition)
    case notDone
    /// Nothing can be said yet.
    case undecided
    /// Only a person can decide; the findings say why.
    case review([String])
}

/// The case that the evidence of an action is held against. Pure: no clock and no I/O.
///
/// HeloData's pages do not say whether its actions honour an idempotency key, and the legacy API has none: so an action is
/// never sent twice, and settled by what the vendor shows of the goods (`design/purchasing.md`, section 6).
struct ActionEvidence {
    let task: ActionTask
    let quotedPrice: Money?
    let baseline: GoodsCondition
    /// How many IPs were ordered; nil when the order does not say.
    let ordered: Int?
    /// Whether nobody else moves this account's balance while the action is open.
    let ownsBalance: Bool
    /// When it was dispatched.
    var startedAt: Date?
    /// Until when the goods are watched.
    var watchedUntil: Date?
    /// An earlier action whose effect may be what is seen now.
    var earlier: ActionID?

    /// How far the new expiry may be from what was asked: months have 28 to 31 days, and a vendor may count from another
    /// moment.
    private static let expiryTolerance: TimeInterval = 4 * 86_400

    /// Judges the samples read so far, oldest first; a sample that could not be read is nil. `isFinal` once the settle time
    /// is over.
    func judge(_ samples: [GoodsCondition?], isFinal: Bool) -> ActionVerdict {
        let lastTwo = samples.suffix(2).compactMap(\.self)
        if lastTwo.count == 2, lastTwo.allSatisfy(shows), let last = lastTwo.last, isFinal || !mayProveFree(samples) {
            return .done(last)
        }
        guard isFinal else { return .undecided }
        return provesNothingDone(samples) ? .notDone : .review(findings(samples))
    }

    /// Whether what was done is known to have cost nothing, although only Purser's own count said that it is free: nothing
    /// was charged in the time that the vendor may take to show it.
    func provesFree(_ samples: [GoodsCondition?]) -> Bool { samples.count >= 2 && mayProveFree(samples) }

    /// Whether every sample so far shows the balance of before, where that tells what nobody else does.
    private func mayProveFree(_ samples: [GoodsCondition?]) -> Bool {
        guard case .replace = task, quotedPrice?.amount == .zero, let balance = baseline.balance else { return false }
        return samples.allSatisfy { $0?.balance == balance }
    }

    /// Whether the same sample once more would prove that it was done.
    func wantsConfirmation(_ samples: [GoodsCondition?]) -> Bool { (samples.last ?? nil).map(shows) ?? false }

    /// Whether the goods show what the action would have done to them, and the balance what it would have cost.
    private func shows(_ sample: GoodsCondition) -> Bool {
        guard earlier == nil, changed(sample), !mayBeOthersDoing(sample) else { return false }
        guard ownsBalance, task.kind.maySpend, let quotedPrice else { return true }
        guard let before = baseline.balance, let now = sample.balance else { return false }
        return before.minus(now) == quotedPrice
    }

    /// Whether somebody else may have changed the goods so.
    private func mayBeOthersDoing(_ sample: GoodsCondition) -> Bool {
        switch task {
        case .renew: mayRenewThemselves
        // Every IP of a batch changes (HeloData, `/products/overview-2/ip-management`): where some stayed, or nobody can
        // tell, single ones may have been replaced.
        case .refresh:
            baseline.marks.map { before in
                before.isEmpty || sample.marks.map { !Set($0).isDisjoint(with: before) } ?? true
            } ?? true
        case .rotatePassword, .release, .replace, .autoRenew, .allow, .disallow: false
        }
    }

    /// Whether the vendor may renew the goods of its own accord while they are watched, which looks the same: unless it says
    /// that it does not, since it may be its default (HeloData, `/dashboard/extending-an-order`), and not told.
    private var mayRenewThemselves: Bool {
        guard case .renew = task, baseline.renewsItself != false, let end = baseline.expiresAt, let watchedUntil else {
            return false
        }
        return end <= watchedUntil.addingTimeInterval(Self.renewalLead)
    }

    /// How long before their end goods may be renewed by their vendor; no page says it, so it is assumed.
    private static let renewalLead: TimeInterval = 86_400

    private func changed(_ sample: GoodsCondition) -> Bool {
        guard sample.isThere else { return task.kind == .release }
        switch task {
        case .renew(let rental, _, _):
            guard let before = baseline.expiresAt, let now = sample.expiresAt else { return false }
            let asked = TimeInterval(rental.asDays) * 86_400
            // What had lapsed may be rented from the day of its renewal on; what moved further was moved by more than this.
            let latest = max(before, startedAt ?? before)
            return now.timeIntervalSince(before) >= asked - Self.expiryTolerance
                && now.timeIntervalSince(latest) <= asked * 31 / 30 + Self.expiryTolerance
        // A list that was not whole may have changed because an IP that had been replaced came at last.
        case .refresh: return isWhole(sample) && baseline.count == ordered && differ(baseline.ips, sample.ips)
        case .rotatePassword: return differ(baseline.credentials, sample.credentials)
        case .release: return false
        case .replace: return isWhole(sample) && baseline.holdsIP == true && sample.holdsIP == false
        case .autoRenew(let rental): return sample.renewsItself == (rental != nil)
        case .allow(let address, _): return sample.allowed?.contains(address) ?? false
        case .disallow(let entry): return sample.allowedEntries.map { !$0.contains(entry) } ?? false
        }
    }

    /// Whether a sample has as many IPs as there were: from a shorter list any IP may be missing.
    private func isWhole(_ sample: GoodsCondition) -> Bool { sample.count == baseline.count }

    private func differ<Value: Equatable>(_ before: Value?, _ now: Value?) -> Bool {
        guard let before, let now else { return false }
        return before != now
    }

    /// Every sample was read well and shows the goods as they were, with the same balance where it could have been charged.
    private func provesNothingDone(_ samples: [GoodsCondition?]) -> Bool {
        guard samples.count >= 2 else { return false }
        return samples.allSatisfy { sample in
            guard let sample, tells(sample) else { return false }
            guard task.kind.maySpend else { return sample.isThere && !changed(sample) }
            return sample.isThere && !changed(sample) && sample.expiresAt == baseline.expiresAt
                && sample.balance != nil && sample.balance == baseline.balance
        }
    }

    /// Whether a sample says what this kind of action would have changed.
    private func tells(_ sample: GoodsCondition) -> Bool {
        switch task {
        case .renew: baseline.expiresAt != nil && sample.expiresAt != nil
        case .refresh: baseline.ips != nil && sample.ips != nil && isWhole(sample) && baseline.count == ordered
        case .rotatePassword: baseline.credentials != nil && sample.credentials != nil
        case .release: true
        case .replace: baseline.holdsIP == true && sample.holdsIP != nil && isWhole(sample)
        case .autoRenew: sample.renewsItself != nil
        case .allow: sample.allowed != nil
        case .disallow: sample.allowedEntries != nil
        }
    }

    private func findings(_ samples: [GoodsCondition?]) -> [String] {
        var findings: [String] = []
        if samples.contains(nil) { findings.append("the goods could not always be read") }
        guard let last = samples.last ?? nil else { return findings + ["the last reading failed"] }
        if !last.isThere { findings.append("the vendor does not show the goods any more") }
        if last.isThere, !tells(last) { findings.append("the vendor does not show what would have changed") }
        if changed(last) {
            findings.append("the goods look as if it had been done")
            if mayRenewThemselves { findings.append("the vendor may have renewed them of its own accord") }
            if task == .refresh, mayBeOthersDoing(last) {
                findings.append(
                    "some IPs stayed, or it is not known whether any did: single ones may have been replaced")
            }
            if let earlier { findings.append("what is seen may be what \(earlier) did, shown late") }
        }
        if let before = baseline.expiresAt, let now = last.expiresAt, before != now {
            findings.append("the expiry went from \(before.rfc3339) to \(now.rfc3339)")
        }
        if task.kind.maySpend { findings.append(balanceFinding(last)) }
        if findings.isEmpty { findings.append("the goods look as they did before") }
        return findings
    }

    private func balanceFinding(_ sample: GoodsCondition) -> String {
        guard let before = baseline.balance, let now = sample.balance else { return "the balance could not be read" }
        guard before != now else { return "the balance did not move" }
        let price = quotedPrice.map { " and the price was \($0.text)" } ?? ""
        return "the balance went from \(before.text) to \(now.text)\(price)"
    }
}

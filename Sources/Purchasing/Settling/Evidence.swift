import Foundation

/// What was read of a vendor's account after an answer was lost.
struct EvidenceSample: Sendable, Hashable {
    /// The new goods: listed, in no order's possession, not expected by an earlier sale, and not there before. Nil when
    /// the list could not be read whole.
    let newGoods: [Goods]?
    /// The account's balance; nil when it could not be read.
    let balance: Money?
    /// Whether an earlier sale that looks alike still waits for its goods, so that new goods may be its own.
    let hasOpenTwin: Bool
}

/// What the evidence says about an order whose outcome is unknown.
enum Verdict: Sendable, Hashable {
    case bought(Goods)
    case notBought
    /// Nothing can be said yet.
    case undecided
    /// Only a person can decide; the findings say why.
    case review([String])
}

/// The case that the evidence is held against. Pure: no clock and no I/O.
struct EvidenceCase {
    let request: OrderRequest
    let sentAt: Date
    let quotedPrice: Money?
    let baseline: Baseline?
    /// Whether this vendor's silence proves anything: `VendorTraits.provesAbsence`.
    let provesAbsence: Bool
    /// Goods that started later are somebody else's.
    var latestStart = Date.distantFuture

    /// Judges the samples read so far, oldest first; `isFinal` once the settle time is over.
    func judge(_ samples: [EvidenceSample], isFinal: Bool) -> Verdict {
        if let goods = soldGoods(samples) { return .bought(goods) }
        guard isFinal else { return .undecided }
        return isUntouched(samples) ? .notBought : .review(findings(samples))
    }

    /// Whether the same sample once more would prove the purchase.
    func wantsConfirmation(_ samples: [EvidenceSample]) -> Bool {
        guard let last = samples.last else { return false }
        return soldGoods([last, last]) != nil
    }

    /// Exactly one new good that fits, the same in the last two samples, and the balance fell by exactly the price.
    private func soldGoods(_ samples: [EvidenceSample]) -> Goods? {
        guard samples.count >= 2, baseline?.goods != nil || !provesAbsence else { return nil }
        let fits = samples.suffix(2).map { sample in (sample.newGoods ?? []).filter(fitsRequest) }
        guard let last = samples.last, !last.hasOpenTwin, fits.allSatisfy({ $0.count == 1 }),
            let goods = fits.last?.first, fits.first?.first?.id == goods.id
        else { return nil }
        return provesAbsence && !balanceFellByPrice(last) ? nil : goods
    }

    /// Whether goods may be the order's. Where the balance cannot speak, the goods must say when they were made: an older purchase by somebody else that
    /// looks alike must not be taken for this one.
    func fitsRequest(_ goods: Goods) -> Bool {
        var goods = goods
        if goods.clockOffset == nil { goods.startsAt = nil }
        guard goods.began.map({ $0 <= latestStart }) ?? provesAbsence else { return false }
        return GoodsMatching.fits(goods, request, sentAt: sentAt)
    }

    private func balanceFellByPrice(_ sample: EvidenceSample) -> Bool {
        guard let before = baseline?.balance, let now = sample.balance, let price = quotedPrice else { return false }
        return before.minus(now) == price
    }

    /// Every sample was whole, shows nothing new, and the balance is what it was.
    private func isUntouched(_ samples: [EvidenceSample]) -> Bool {
        guard provesAbsence, samples.count >= 2, let before = baseline?.balance, baseline?.goods != nil else {
            return false
        }
        return samples.allSatisfy { $0.newGoods?.isEmpty == true && $0.balance == before }
    }

    private func findings(_ samples: [EvidenceSample]) -> [String] {
        var findings: [String] = []
        if samples.contains(where: { $0.newGoods == nil }) { findings.append("a list of goods could not be read") }
        if baseline?.goods == nil, provesAbsence { findings.append("the goods before the order could not be read") }
        let last = samples.last
        let fits = (last?.newGoods ?? []).filter(fitsRequest)
        if fits.count > 1 { findings.append("\(fits.count) new goods fit: " + fits.map(\.id).joined(separator: ", ")) }
        if fits.count == 1 { findings.append("new goods fit: \(fits[0].id)") }
        let others = (last?.newGoods ?? []).filter { !fitsRequest($0) }
        if !others.isEmpty { findings.append("new goods that do not fit: " + others.map(\.id).joined(separator: ", ")) }
        if last?.hasOpenTwin == true { findings.append("an earlier sale that looks alike still waits for its goods") }
        if provesAbsence { findings.append(balanceFinding(last)) }
        if findings.isEmpty { findings.append("the vendor shows nothing that could be held against the order") }
        return findings
    }

    private func balanceFinding(_ sample: EvidenceSample?) -> String {
        guard let before = baseline?.balance, let now = sample?.balance else { return "the balance could not be read" }
        guard before != now else { return "the balance did not move" }
        guard before.currency == now.currency else {
            return "the balance went from \(before.text) \(before.currency) to \(now.text) \(now.currency)"
        }
        let price = quotedPrice.map { " and the price was \($0.text)" } ?? ""
        return "the balance went from \(before.text) to \(now.text)\(price)"
    }
}

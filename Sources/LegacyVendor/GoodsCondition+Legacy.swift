import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

extension GoodsCondition {
    /// The records of an order, as far as an extension would change them; nil where the vendor shows no such order.
    ///
    /// What one of the records does not tell is not told: the end of those that do would look like a renewal.
    init(_ records: [LegacyRecord]?, as wanted: LegacyExtension) {
        self.init(isThere: records != nil)
        guard let records else { return }
        count = records.count
        let addresses = records.compactMap(\.address)
        if addresses.count == records.count { ips = Self.digest(of: addresses) }
        renewsItself = records.agreed { $0.renewsItself(everyDays: wanted.autoExtendDays) }
        let concerned = wanted.named(in: records) ?? []
        let ends = concerned.compactMap(\.endsAt)
        if ends.count == concerned.count { expiresAt = ends.min() }
    }
}

extension LegacyExtension {
    /// The records that are extended; nil when one that is named is not among them.
    func named(in records: [LegacyRecord]) -> [LegacyRecord]? {
        guard !isWhole else { return records }
        let named = records.filter { $0.id.map(ips.contains) ?? false }
        return named.count == Set(ips).count ? named : nil
    }
}

extension LegacyRecord {
    /// Whether the vendor extends the IP by itself, for as many days where some are asked for: `extendInfo {autoExtend,
    /// extendDays}`, names that a reseller's client looks for. Nil where that is not told.
    fileprivate func renewsItself(everyDays days: Int?) -> Bool? {
        let info = json.first(of: "extendInfo") ?? order?.first(of: "extendInfo")
        guard let isOn = info?["autoExtend"]?.bool else { return nil }
        guard isOn, let days else { return isOn }
        let told = info?.first(of: "extendDays")
        return (told?.int ?? told?.string.flatMap { RetryAfter.wholeNumber($0) }).map { $0 == days }
    }
}

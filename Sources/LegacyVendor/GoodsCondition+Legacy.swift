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
    /// The records that are extended; nil when one that is named, by its id or its address, is not among them.
    func named(in records: [LegacyRecord]) -> [LegacyRecord]? {
        guard !isWhole else { return records }
        let named = ips.map { name in records.first { $0.id == name || $0.address == name } }.compactMap(\.self)
        return named.count == ips.count && Set(named.map(\.id)).count == ips.count ? named : nil
    }

    /// The same with each IP by the vendor's id of it, which is told nowhere but in its list; nil when one that is named is
    /// not among the records, or has no id.
    func byID(in records: [LegacyRecord]) -> LegacyExtension? {
        guard let ids = named(in: records)?.map(\.id), !ids.contains(nil) else { return nil }
        var named = self
        if !isWhole { named.ips = ids.compactMap(\.self) }
        return named
    }

    /// Whether an IP is named by its address.
    var namesAddresses: Bool { ips.contains { AllowedAddress.normalForm(of: $0) != nil } }
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

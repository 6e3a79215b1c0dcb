extension HeloDataState {
    func batch(_ id: String) -> HeloDataBatch? {
        indexByBatchID[id].map { batches[$0] }
    }

    /// Whether a batch can be read: some time after the sale, and after its release if the settings say so.
    func isListed(_ batch: HeloDataBatch, at now: SandboxTime) -> Bool {
        guard now >= batch.soldAt.adding(milliseconds: Int64(settings.listedAfterMs)) else { return false }
        return settings.keepsReleasedBatches || stage(of: batch, at: now) != .released
    }

    func isReady(_ batch: HeloDataBatch, at now: SandboxTime) -> Bool {
        now >= batch.soldAt.adding(milliseconds: Int64(settings.readyAfterMs))
    }

    /// Where a batch stands by now.
    func stage(of batch: HeloDataBatch, at now: SandboxTime) -> HeloDataStage {
        if batch.releasedAt != nil || now >= graceEnd(of: batch) { return .released }
        if now >= batch.expiresAt { return .expired }
        return isReady(batch, at: now) ? .active : .provisioning
    }

    /// When the addresses of a batch go to others unless it is renewed.
    func graceEnd(of batch: HeloDataBatch) -> SandboxTime {
        batch.expiresAt.adding(days: settings.graceDays)
    }

    /// The addresses that the list shows by now. One that was replaced is gone at once, its successor comes later.
    func shownIPs(of batch: HeloDataBatch, at now: SandboxTime) -> [HeloDataIP] {
        guard isReady(batch, at: now) else { return [] }
        let shown = max(0, batch.ips.count - settings.withheldIps)
        return Array(batch.ips.lazy.filter { $0.hasArrived(by: now) }.prefix(shown))
    }

    /// An address's id. Where ids appear, and what they look like, is not documented.
    func ipID(_ number: Int) -> String {
        ids.ulid("ip_", number)
    }

    /// Numbers for addresses that nobody has had yet, ready after the setting's delay.
    mutating func takeAddresses(for batch: Int, at now: SandboxTime) {
        let arrival = now.adding(milliseconds: Int64(settings.replacementAfterMs))
        for index in batches[batch].ips.indices {
            batches[batch].ips[index].number = takeAddress()
            batches[batch].ips[index].arrivesAt = arrival
        }
    }

    /// The number of an address that nobody has had yet.
    mutating func takeAddress() -> Int {
        lastAddress += 1
        return lastAddress
    }
}

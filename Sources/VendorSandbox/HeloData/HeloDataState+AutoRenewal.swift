extension HeloDataState {
    /// Does what the vendor does by its own clock: batches that come to their end are renewed for a month, if the settings
    /// say so (`/dashboard/extending-an-order`). One that the balance does not cover is tried once, and then lapses.
    mutating func catchUp(to now: SandboxTime) {
        while settings.autoRenew, let index = nextRenewal(by: now) {
            let time = max(batches[index].expiresAt, present)
            batches[index].renewalTriedFor = batches[index].expiresAt
            guard prolong(index, by: 1, as: .autoRenewal, in: nil, at: time) == nil else { continue }
            var entry = SandboxEntry(event: .unpaid)
            entry.amount = renewalPrice(of: batches[index], months: 1)
            ledger.record(entry, at: time)
        }
        present = max(present, now)
    }

    private func nextRenewal(by now: SandboxTime) -> Int? {
        let due = batches.indices.filter { index in
            let batch = batches[index]
            return batch.releasedAt == nil && batch.renewalTriedFor != batch.expiresAt && batch.expiresAt <= now
                && present < graceEnd(of: batch)
        }
        return due.min { batches[$0].expiresAt < batches[$1].expiresAt }
    }
}

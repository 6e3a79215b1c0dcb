import Foundation
import Logging

extension VendorCache {
    /// How often entries in steady use are looked through.
    private static let beat = Duration.seconds(1)
    /// After so many beats the snapshots are saved.
    private static let beatsPerSave = 5
    /// After so many beats what is too old is dropped.
    private static let beatsPerPruning = 60
    /// So many readings are saved in one transaction, so that no order waits long for its own.
    private static let savedAtOnce = 64

    /// Renews ahead of time, saves and prunes, until the server drains or the task is cancelled; then saves a last time.
    public func run() async {
        var beats = 0
        while await timepiece.pause(Self.beat) {
            beats += 1
            renewAhead()
            if beats.isMultiple(of: Self.beatsPerPruning) { prune() }
            if beats.isMultiple(of: Self.beatsPerSave) { await save() }
        }
        stop()
        await save()
    }

    /// Takes over what an earlier process has saved; a store that cannot be read leaves the cache empty.
    public func restore() async {
        guard let snapshots else { return }
        do throws(StoreError) {
            let oldest = latestWall.advanced(by: .zero - policy.maxStale)
            restore(try await snapshots.snapshots(after: oldest, limit: policy.maxEntries))
        } catch {
            logger.warning("what was read from vendors before cannot be taken over", metadata: ["reason": "\(error)"])
        }
    }

    /// Saves what has changed. What cannot be saved is forgotten: it is read again after a restart.
    func save() async {
        guard let snapshots else { return }
        let (saved, removed) = changes.take()
        var readings = saved.compactMap { shelves[$0]?.snapshot }[...]
        var removing = Array(removed)[...]
        while !readings.isEmpty || !removing.isEmpty {
            let (some, others) = (readings.prefix(Self.savedAtOnce), removing.prefix(Self.savedAtOnce))
            readings = readings.dropFirst(Self.savedAtOnce)
            removing = removing.dropFirst(Self.savedAtOnce)
            do throws(StoreError) {
                try await snapshots.save(Array(some), removing: Array(others))
                isSavingFailing.store(false)
            } catch {
                if !isSavingFailing.load() {
                    logger.warning("what was read from vendors cannot be saved", metadata: ["reason": "\(error)"])
                }
                isSavingFailing.store(true)
                return
            }
        }
    }
}

import Dispatch
import GRDB
import Synchronization

/// Two connections that read by turns, so that at each moment at least one of them does: each ends its read when the other
/// has begun its next.
final class OverlappingReaders: Sendable {
    private let path: String
    private let isStopped = Atomic(false)
    private let turns = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]

    init(_ path: String) { self.path = path }

    /// Returns when they were stopped.
    func read() async {
        await withTaskGroup { group in
            for index in 0...1 {
                group.addTask {
                    await withCheckedContinuation { waiter in
                        DispatchQueue.global().async {
                            self.read(index)
                            waiter.resume()
                        }
                    }
                }
            }
        }
    }

    func stop() { isStopped.store(true, ordering: .releasing) }

    private func read(_ index: Int) {
        let database = try? DatabaseQueue(path: path)
        var isFirst = index == 0
        while !isStopped.load(ordering: .acquiring) {
            try? database?.read { db in
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM purchase_order")
                if !isFirst { turns[1 - index].signal() }
                turns[index].wait()
            }
            isFirst = false
        }
        turns[1 - index].signal()
    }
}

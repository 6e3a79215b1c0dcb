import Synchronization

/// How much memory the readings of a cache take together, as far as it can be estimated.
final class CacheSize: Sendable {
    private let total = Atomic(0)

    var bytes: Int { total.load(ordering: .relaxed) }

    func change(by bytes: Int) {
        if bytes != 0 { total.add(bytes, ordering: .relaxed) }
    }
}

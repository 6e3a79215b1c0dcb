import ExactJSON
import NIOCore
import Purchasing
import Synchronization

/// An answer to `GET /inventory` that is ready to be sent.
final class InventoryAnswer: Sendable {
    let bytes: ByteBuffer
    /// Its entity tag, in quotes.
    let tag: String
    /// What it was made of.
    let basis: ReadingBasis
    /// When it was looked for last, counted in looks.
    fileprivate let lastUse = Atomic(0)

    init(_ report: InventoryReport) {
        let bytes = InventoryBody(report).json.bytes
        self.bytes = ByteBuffer(bytes: bytes)
        tag = Call.entityTag(of: bytes)
        basis = report.basis
    }
}

/// The ready answers by query, so that an answer that was given before costs no JSON. Those that were looked for least
/// recently go first when there are too many.
final class InventoryAnswers: Sendable {
    private struct Shelf {
        var answers: [InventoryQuery: InventoryAnswer] = [:]
        var bytes = 0
        var looks = 0
    }

    /// Each with a lock of its own, which is held for as long as finding a key takes.
    private final class Lock: Sendable {
        let shelf = Mutex(Shelf())
    }

    private let shelves: [Lock]
    private let maxCount: Int
    private let maxBytes: Int

    /// - Parameters:
    ///   - maxCount: how many answers are kept at most. Default: 10,000.
    ///   - maxBytes: how long they may be together. Default: 12 MB.
    ///   - shelves: over how many locks they are spread; each has its part of the bounds.
    init(maxCount: Int = 10_000, maxBytes: Int = 12 << 20, shelves: Int = 8) {
        self.shelves = (0..<shelves).map { _ in Lock() }
        self.maxCount = max(1, maxCount / shelves)
        self.maxBytes = maxBytes / shelves
    }

    /// How many answers there are.
    var count: Int { shelves.reduce(0) { $0 + $1.shelf.withLock(\.answers.count) } }

    /// How long they are together, each with what it takes beside its bytes.
    var bytes: Int { shelves.reduce(0) { $0 + $1.shelf.withLock(\.bytes) } }

    /// The answer to a query, whether it still stands or not.
    subscript(query: InventoryQuery) -> InventoryAnswer? {
        lock(query).shelf.withLock { shelf in
            guard let answer = shelf.answers[query] else { return nil }
            shelf.looks += 1
            answer.lastUse.store(shelf.looks, ordering: .relaxed)
            return answer
        }
    }

    /// Keeps an answer in the place of an earlier one; one that would take up too much room alone is not kept.
    func keep(_ answer: InventoryAnswer, for query: InventoryQuery) {
        lock(query).shelf.withLock { shelf in
            if let earlier = shelf.answers.removeValue(forKey: query) { shelf.bytes -= earlier.size }
            guard answer.size <= maxBytes / 2 else { return }
            shelf.looks += 1
            answer.lastUse.store(shelf.looks, ordering: .relaxed)
            shelf.answers[query] = answer
            shelf.bytes += answer.size
            if shelf.answers.count > maxCount || shelf.bytes > maxBytes { makeRoom(on: &shelf) }
        }
    }

    private func makeRoom(on shelf: inout Shelf) {
        // A few more at once, since looking for them takes a while.
        let count = maxCount - maxCount / 16
        let oldest = shelf.answers.sorted { one, other in
            one.value.lastUse.load(ordering: .relaxed) < other.value.lastUse.load(ordering: .relaxed)
        }
        for (query, answer) in oldest where shelf.answers.count > count || shelf.bytes > maxBytes {
            shelf.answers[query] = nil
            shelf.bytes -= answer.size
        }
    }

    private func lock(_ query: InventoryQuery) -> Lock {
        shelves[Int(UInt(bitPattern: query.hashValue) % UInt(shelves.count))]
    }
}

extension InventoryAnswer {
    /// About how much memory it takes.
    fileprivate var size: Int { bytes.readableBytes + 512 }
}

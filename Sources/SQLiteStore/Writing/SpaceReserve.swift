import Foundation
import Synchronization

/// Space on the database's disk that is kept for what must be written even when there is no more: outcomes of purchases.
///
/// It is a file beside the database that holds nothing. When the disk is full it is given up, so that outcomes go where it
/// was, and until it can be had again nothing else is written: an order that was accepted on the last bytes of a disk could
/// not be told how it ended.
final class SpaceReserve: Sendable {
    private struct State {
        /// Whether the file has all its bytes.
        var isThere = false
        /// Whether the disk was full when it was last written to.
        var isFull = false
    }

    private let path: String
    private let bytes: Int
    private let state: Mutex<State>

    /// Takes the space, or what is left of an earlier one.
    /// - Parameter path: the database file; the reserve is beside it.
    init(beside path: String, bytes: Int) {
        self.path = path + ".reserve"
        self.bytes = bytes
        let isThere = Self.allocate(self.path, bytes)
        state = Mutex(State(isThere: isThere, isFull: !isThere))
    }

    /// Whether the disk was full when it was last written to, or looked at.
    var isFull: Bool { state.withLock { $0.isFull } }

    /// Notes that the disk was full.
    /// - Parameter gives: whether the space is given up, for what must be written.
    /// - Returns: whether it was given up now.
    func noteFull(gives: Bool) -> Bool {
        state.withLock { state in
            state.isFull = true
            guard gives, state.isThere else { return false }
            unlink(path)
            state.isThere = false
            return true
        }
    }

    /// Whether there is room for more than what must be written. Once the disk was full the whole reserve has to fit on it
    /// again before there is.
    func hasRoom() -> Bool {
        state.withLock { state in
            guard state.isFull else { return true }
            // Some more than the reserve: else the next order would find the disk as full as the last one did. All at once,
            // so that what was given up for outcomes is not taken from them again while there is nothing else.
            let new = path + ".new"
            let isRoomy = Self.allocate(new, bytes / 4 + (state.isThere ? 0 : bytes))
            if isRoomy, !state.isThere {
                state.isThere = truncate(new, off_t(bytes)) == 0 && rename(new, path) == 0
            }
            unlink(new)
            state.isFull = !(isRoomy && state.isThere)
            return !state.isFull
        }
    }

    /// Makes a file of so many bytes that the disk really has; removes it when it cannot be made.
    private static func allocate(_ path: String, _ bytes: Int) -> Bool {
        guard bytes > 0 else { return true }
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard posix_fallocate(file, 0, off_t(bytes)) == 0 else {
            unlink(path)
            return false
        }
        return true
    }
}

import Foundation
import Purchasing
import SQLiteStore

/// A copy of a store on its way to its place.
///
/// It is written beside the place under a name of its own, so that what stands at the place is whole whenever anything does.
struct NewCopy: Sendable {
    /// Where it goes.
    let place: String
    /// Where it is written.
    let path: String

    /// - Parameter place: where it goes, relative to the working directory or absolute.
    init(goingTo place: String) {
        self.place = URL(fileURLWithPath: place).standardizedFileURL.path
        let id = UInt64.random(in: .min ... .max)
        path = self.place + "." + String(id, radix: 36) + ".part"
    }

    /// Copies a store, makes the copy durable and checks it; removes it where that fails.
    /// - Throws: `CommandFailure`, or what the work throws.
    func fill<Value>(from desk: StoreDesk, _ work: (ClosedStore) throws -> Value) async throws -> Value {
        try await desk.copy(to: path)
        do {
            let copy = try opened()
            defer { copy.close() }
            return try work(copy)
        } catch {
            remove()
            throw error
        }
    }

    private func opened() throws(CommandFailure) -> ClosedStore {
        do throws(StoreOpeningError) {
            let copy = try ClosedStore(path: path)
            try copy.settle()
            return copy
        } catch {
            throw CommandFailure(ExitStatus.failure, error.description)
        }
    }

    /// Moves it to its place, durably, unless something stands there.
    /// - Throws: `CommandFailure`; it is removed then.
    func move() throws(CommandFailure) {
        // A new name for the file, which the system refuses where the name is taken; a rename would replace what is there.
        guard link(path, place) == 0 else {
            let reason = String(cString: strerror(errno))
            remove()
            throw CommandFailure(ExitStatus.refused, "\(place) cannot be made: \(reason)")
        }
        remove()
        let directory = URL(fileURLWithPath: place).deletingLastPathComponent().path
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let isSynced = descriptor >= 0 && fsync(descriptor) == 0
        let reason = String(cString: strerror(errno))
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
        guard isSynced else {
            throw CommandFailure(ExitStatus.failure, "\(place) is there, but may not survive a power cut: \(reason)")
        }
    }

    /// Removes it, and what SQLite may have put beside it.
    func remove() { for path in [path, path + "-wal", path + "-shm", path + "-journal"] { unlink(path) } }
}

import Foundation
import Synchronization

/// An exclusive lock on a file of its own, held until it is released or the process ends, however it ends.
///
/// The file stays where it is: removing it would let two processes lock two files of the same name.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock, or says who has it.
    /// - Throws: `StoreOpeningError.inUse`, or `.notPermitted` when the file cannot be made.
    init(path: String, guarding database: String) throws(StoreOpeningError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notPermitted(path: path, reason: systemError()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = systemError()
            let holder = Self.process(in: descriptor)
            _ = Foundation.close(descriptor)
            throw isHeld
                ? .inUse(path: database, process: holder) : .notPermitted(path: path, reason: reason)
        }
        fchmod(descriptor, 0o600)
        Self.write(process: getpid(), into: descriptor)
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Lets another process have the store; doing it again does nothing.
    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = Foundation.close(open) }
            descriptor = nil
        }
    }

    /// The holder notes who it is, for the message of the next one; the lock itself is the system's.
    private static func write(process: pid_t, into descriptor: Int32) {
        let text = Array("\(process)\n".utf8)
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func process(in descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
    }
}

/// The system's words for the error of the call before.
func systemError() -> String { String(cString: strerror(errno)) }

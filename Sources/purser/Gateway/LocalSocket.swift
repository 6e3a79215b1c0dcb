import Foundation

/// The Unix socket beside the database file, where whoever may open it is an operator.
struct LocalSocket: Sendable {
    /// What the system's socket addresses have room for, less the closing zero byte.
    static let longestPath = 107

    let path: String

    /// The socket of a database, under the one name that all spellings of the database's path lead to.
    /// - Throws: `GatewayRefusal` when the path is too long for a socket.
    init(database: String) throws(GatewayRefusal) {
        let path = Self.resolved(database) + ".sock"
        guard path.utf8.count <= Self.longestPath else {
            throw GatewayRefusal("\(path) is too long for a socket; \(Self.longestPath) bytes are the most")
        }
        self.path = path
    }

    /// Removes the socket file. To be called only while the store's lock is held: then no other gateway listens there.
    func remove() {
        // A link is not followed. `lstat` itself has two names here: NIO's C library declares a `stat` of its own.
        guard let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType,
            type == .typeSocket
        else { return }
        unlink(path)
    }

    /// Leaves the socket to its owner alone; the process's `umask` has seen to that before.
    func restrictToOwner() { chmod(path, 0o600) }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

import Foundation

/// The database file and its companions, as files: where they are, whose they may be, and what stands there already.
struct StoreFile: Sendable {
    /// The path with every symbolic link resolved, so that two spellings of it meet at one lock.
    let path: String

    /// What stands at the path.
    enum Content { case nothing, database }

    /// What tells one file from another, whatever their names.
    struct Identity: Sendable, Equatable {
        fileprivate let device: dev_t
        fileprivate let number: ino_t
    }

    /// Which file the path leads to now; nil when there is none.
    var identity: Identity? { Self.status(of: path).map { Identity(device: $0.st_dev, number: $0.st_ino) } }

    /// - Throws: `StoreOpeningError.noDirectory`.
    init(path: String) throws(StoreOpeningError) {
        let url = URL(fileURLWithPath: path)
        let directory = url.deletingLastPathComponent().path
        guard Self.kind(of: directory) == S_IFDIR, let resolved = Self.resolved(directory) else {
            throw .noDirectory(directory)
        }
        self.path = Self.resolved(path) ?? resolved + "/" + url.lastPathComponent
    }

    private init(unchecked path: String) { self.path = path }

    var lockPath: String { path + ".lock" }
    /// Where a new database is built before it is moved into place whole.
    var beginnings: StoreFile { StoreFile(unchecked: path + ".new") }
    private var directory: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }
    private var companions: [String] { ["-wal", "-shm", "-journal"].map { path + $0 } }

    /// Looks at what stands at the path, without opening it.
    /// - Throws: `StoreOpeningError` when it is there but cannot be a store.
    func content() throws(StoreOpeningError) -> Content {
        guard access(directory, R_OK | W_OK | X_OK) == 0 else {
            throw .notPermitted(path: directory, reason: systemError())
        }
        guard let status = Self.status(of: path) else {
            // A new database has no log before it stands at its path, so even an empty log had one.
            if Self.status(of: path + "-wal") != nil { throw .databaseMissing(path) }
            return .nothing
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notADatabase(path) }
        guard status.st_size > 0 else { throw .emptyFile(path) }
        guard status.st_mode & S_IWUSR != 0, access(path, R_OK | W_OK) == 0 else {
            throw .notPermitted(path: path, reason: "it is read-only")
        }
        return .database
    }

    /// Makes the file, empty, for this user only.
    ///
    /// The file is closed again before SQLite opens it: closing any descriptor of it later would drop SQLite's locks.
    /// - Throws: `StoreOpeningError.notPermitted`.
    func create() throws(StoreOpeningError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, Foundation.close(descriptor) == 0 else {
            throw .notPermitted(path: path, reason: systemError())
        }
    }

    /// Removes a database that was never finished, and its companions.
    func remove() {
        for path in [path] + companions { unlink(path) }
    }

    /// Moves this whole database to the place of another, durably.
    /// - Throws: `StoreOpeningError.failed`.
    func move(to other: StoreFile) throws(StoreOpeningError) {
        guard rename(path, other.path) == 0 else { throw .failed(path: other.path, reason: systemError()) }
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(path: directory, reason: systemError()) }
        let isSynced = fsync(descriptor) == 0
        let reason = systemError()
        _ = Foundation.close(descriptor)
        guard isSynced else { throw .failed(path: directory, reason: reason) }
    }

    /// Takes every right from everybody else: mode 0600 for the database and its companions.
    /// - Throws: `StoreOpeningError.notPermitted` when the files are not this user's.
    func restrictToOwner() throws(StoreOpeningError) {
        for path in [path] + companions {
            guard let status = Self.status(of: path), status.st_mode & 0o177 != 0 else { continue }
            guard chmod(path, 0o600) == 0 else {
                throw .notPermitted(path: path, reason: "others may read it and its mode cannot be changed")
            }
        }
    }

    /// How many bytes the file has; nil when there is no file.
    var size: Int? { Self.status(of: path).flatMap { $0.st_mode & S_IFMT == S_IFREG ? Int($0.st_size) : nil } }

    /// How many bytes its write-ahead log has.
    var logSize: Int { Self.status(of: path + "-wal").map { Int($0.st_size) } ?? 0 }

    /// Puts the file on the disk. To be called only while nobody has the database open: closing the descriptor would drop
    /// SQLite's locks.
    /// - Throws: `StoreOpeningError.failed`.
    func sync() throws(StoreOpeningError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(path: path, reason: systemError()) }
        let isSynced = fsync(descriptor) == 0
        let reason = systemError()
        _ = Foundation.close(descriptor)
        guard isSynced else { throw .failed(path: path, reason: reason) }
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func kind(of path: String) -> mode_t? { status(of: path).map { $0.st_mode & S_IFMT } }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

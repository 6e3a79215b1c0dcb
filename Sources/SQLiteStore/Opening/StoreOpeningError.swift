/// Why a store could not be opened. Whatever the case, the database file was left as it was found.
public enum StoreOpeningError: Error, Sendable, Hashable {
    /// The directory of the database does not exist or is no directory.
    case noDirectory(String)
    /// The directory or the file does not allow what a store needs.
    case notPermitted(path: String, reason: String)
    /// Another process has the store open; its process id where it is known.
    case inUse(path: String, process: Int?)
    /// There is a file, but it is empty: what was in it is lost, and a new store would forget every order.
    case emptyFile(String)
    /// There is a write-ahead log without its database.
    case databaseMissing(String)
    /// The file is no SQLite database.
    case notADatabase(String)
    /// The file is a database of another program.
    case foreignDatabase(String)
    /// The database is damaged; the text says how SQLite noticed.
    case damaged(path: String, finding: String)
    /// A newer Purser has written the database; the names of its migrations that this one does not know.
    case newerSchema(path: String, unknown: [String])
    /// SQLite does not keep the promise that a commit is on the disk.
    case notDurable(String)
    /// Anything else, in SQLite's or the system's words.
    case failed(path: String, reason: String)
}

extension StoreOpeningError: CustomStringConvertible {
    /// One line for the person who starts Purser: what is wrong, and how to go on.
    public var description: String {
        switch self {
        case .noDirectory(let path):
            "\(path) is not a directory; make it, with mode 0700, and start again"
        case .notPermitted(let path, let reason):
            "\(path) cannot be used: \(reason)"
        case .inUse(let path, let process):
            "\(path) is in use by another Purser" + (process.map { " (process \($0))" } ?? "")
        case .emptyFile(let path):
            "\(path) is empty although it exists, so its orders may be lost; "
                + "restore a backup, or remove the file if there never was an order"
        case .databaseMissing(let path):
            "\(path) is missing but its write-ahead log is there; "
                + "put the database back, or move \(path)-wal away if there never was an order"
        case .notADatabase(let path):
            "\(path) is not an SQLite database; restore a backup"
        case .foreignDatabase(let path):
            "\(path) is an SQLite database, but not one of Purser's"
        case .damaged(let path, let finding):
            "\(path) is damaged (\(finding)); restore a backup"
        case .newerSchema(let path, let unknown):
            "\(path) was written by a newer Purser (\(unknown.joined(separator: ", "))); start that one"
        case .notDurable(let finding):
            "the database does not keep commits through a power cut: \(finding)"
        case .failed(let path, let reason):
            "\(path) cannot be opened: \(reason)"
        }
    }
}

import GRDB
import Purchasing

extension StoreError {
    /// What a caller is told about an error of the database: no values, and no SQL.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as UnreadableRow: self = .unavailable("a stored \(error.column) cannot be read")
        case let error as DatabaseError: self.init(database: error)
        default: self = .unavailable("the database could not be used")
        }
    }

    private init(database error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_CONSTRAINT where error.isTakenVendorID: self = .claimed
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH: self = .refused(error.message ?? "a constraint failed")
        case .SQLITE_FULL: self = .unavailable("the disk is full")
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .unavailable("the database is locked by another program")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: self = .unavailable("the database is read-only")
        case .SQLITE_IOERR: self = .unavailable("the disk failed (\(error.extendedResultCode.rawValue))")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .unavailable("the database is damaged")
        case .SQLITE_CANTOPEN: self = .unavailable("the database file cannot be opened")
        case .SQLITE_MISUSE: self = .unavailable("the store is closed")
        default: self = .unavailable("the database failed (\(error.extendedResultCode.rawValue))")
        }
    }
}

extension DatabaseError {
    /// Whether another order has the vendor's number, id or batch: `UNIQUE constraint failed: purchase_order.vendor, …`.
    fileprivate var isTakenVendorID: Bool {
        extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE && message?.contains("purchase_order.vendor,") == true
    }
}

extension Error {
    /// Whether the disk did not confirm that it keeps what it was given: what it keeps is unknown from then on.
    var isFailedSync: Bool {
        let code = (self as? DatabaseError)?.extendedResultCode
        return code == .SQLITE_IOERR_FSYNC || code == .SQLITE_IOERR_DIR_FSYNC
    }

    var isInputOutputError: Bool { (self as? DatabaseError)?.resultCode == .SQLITE_IOERR }

    var isFullDisk: Bool { (self as? DatabaseError)?.resultCode == .SQLITE_FULL }
}

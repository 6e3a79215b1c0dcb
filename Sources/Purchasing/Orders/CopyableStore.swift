/// A store that can be copied while it is used.
public protocol CopyableStore: Sendable {
    /// Copies everything that is committed into a new file, readable by its owner alone, and holds up nobody meanwhile.
    ///
    /// The copy is of one instant, the one at which it is finished. It is not yet fsynced, nor checked.
    /// - Parameter path: an absolute path at which nothing stands; where this fails, nothing stands there again.
    /// - Returns: its size in bytes.
    /// - Throws: `StoreCopyError`.
    func copy(to path: String) async throws(StoreCopyError) -> Int
}

/// Why a store could not be copied.
public enum StoreCopyError: Error, Sendable, Hashable {
    /// The place cannot be taken; the text says why.
    case badPlace(String)
    /// The copy was begun, or could not be, and is gone; the text says why, without any data.
    case failed(String)
}

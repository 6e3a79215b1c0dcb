/// Tells a caller that reads its answer slowly from one that does not read it.
struct ReaderProgress {
    private var unsentCount = Int.max

    /// Begins a wait for the caller.
    ///
    /// - Parameter unsentCount: How many bytes are waiting, if that is known. If not, the first look finds progress.
    mutating func begin(at unsentCount: Int?) {
        self.unsentCount = unsentCount ?? .max
    }

    /// Whether some bytes, but not yet all of them, have left since the last look.
    mutating func isReading(_ unsentCount: Int) -> Bool {
        defer { self.unsentCount = unsentCount }
        return (1..<self.unsentCount).contains(unsentCount)
    }
}

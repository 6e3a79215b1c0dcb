/// A caller's W3C `traceparent` (version 00, https://www.w3.org/TR/trace-context/) as it goes on to a vendor: the same trace
/// and flags, and a parent of its own for each call.
struct PassedTrace {
    /// The value of the field.
    let text: String

    /// - Parameters:
    ///   - traceparent: as the caller sent it.
    ///   - parent: the id of the call; not 0.
    /// - Returns: nil when the text is no `traceparent`, since a broken one must not be passed on.
    init?(_ traceparent: String, parent: UInt64) {
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], parts[0].allSatisfy({ $0 == UInt8(ascii: "0") }),
            parts.joined().allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            parts[1].contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        let digits = String(parent, radix: 16)
        let id = String(repeating: "0", count: 16 - digits.count) + digits
        text = "00-\(Substring(parts[1]))-\(id)-\(Substring(parts[3]))"
    }
}

import HTTPTypes

/// A W3C `traceparent` that may be passed on: version 00, lower-case hexadecimal, ids that are not all zeros.
enum TraceParent {
    /// The field's value; nil when it is absent or anything else, since a broken trace must not break a purchase.
    static func of(_ headers: HTTPFields) -> String? {
        guard let value = headers.only(.traceParent) else { return nil }
        let parts = value.split(separator: "-", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard parts.map(\.count) == [2, 32, 16, 2], parts[0] == [48, 48] else { return nil }
        let isHexadecimal = { (byte: UInt8) in (48...57).contains(byte) || (97...102).contains(byte) }
        guard parts.joined().allSatisfy(isHexadecimal) else { return nil }
        let isSomething = { (digits: [UInt8]) in digits.contains { $0 != 48 } }
        return isSomething(parts[1]) && isSomething(parts[2]) ? value : nil
    }
}

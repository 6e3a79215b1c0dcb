/// What is wrong with a request target, if anything.
///
/// Purser's own paths need no escapes, no empty and no dot segments, so a target that has one is not a path of ours in
/// another spelling: it is refused before a router could read it as one.
enum RequestTarget: Equatable {
    /// A path of plain segments, with or without a query.
    case plain
    /// Not an absolute path of visible ASCII.
    case unreadable
    /// A readable path that cannot be one of ours.
    case unknown

    init(_ target: String) {
        let bytes = target.utf8
        guard bytes.first == UInt8(ascii: "/"), bytes.allSatisfy(Self.isAllowed) else {
            self = .unreadable
            return
        }
        let path = bytes.prefix { $0 != UInt8(ascii: "?") }
        self = path.count == 1 || Self.hasPlainSegments(path) ? .plain : .unknown
    }

    /// Visible ASCII, and no fragment: those are never sent.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
    }

    private static func hasPlainSegments(_ path: Substring.UTF8View) -> Bool {
        !path.contains(UInt8(ascii: "%"))
            && path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .allSatisfy(Self.isPlain)
    }

    private static func isPlain(_ segment: Substring.UTF8View.SubSequence) -> Bool {
        switch segment.count {
        case 0: false
        case 1, 2: segment.contains { $0 != UInt8(ascii: ".") }
        default: true
        }
    }
}

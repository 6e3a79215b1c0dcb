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
        self = Self.hasPlainSegments(bytes) ? .plain : .unknown
    }

    /// Visible ASCII, and no fragment: those are never sent.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
    }

    /// Whether the path, up to the query, has no escapes, no empty and no dot segments. One pass, no allocation.
    private static func hasPlainSegments(_ target: String.UTF8View) -> Bool {
        var segment = Segment()
        var isRoot = true
        for byte in target.dropFirst() {
            switch byte {
            case UInt8(ascii: "?"): return isRoot || segment.isPlain
            case UInt8(ascii: "%"): return false
            case UInt8(ascii: "/"):
                guard segment.isPlain else { return false }
                segment = Segment()
            default: segment.add(byte)
            }
            isRoot = false
        }
        return isRoot || segment.isPlain
    }

    /// What has to be known of a segment: how long it is, and whether it is all dots.
    private struct Segment {
        private var count = 0
        private var isDots = true

        var isPlain: Bool { !self.isDots || self.count > 2 }

        mutating func add(_ byte: UInt8) {
            self.count += 1
            self.isDots = self.isDots && byte == UInt8(ascii: ".")
        }
    }
}

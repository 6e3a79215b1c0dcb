import Synchronization

/// A prefixed ULID such as `ord_01JDA3…`: 26 characters of Crockford base 32 that sort by the time they were made.
public struct Identifier: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let text: String

    public var description: String { text }

    public static func < (left: Identifier, right: Identifier) -> Bool { left.text < right.text }

    /// What an id stands for; its raw value is the prefix.
    public enum Kind: String, Sendable {
        case order = "ord"
        case action = "act"
        case event = "evt"
        case request = "req"
        case key = "key"
        case webhook = "whk"
        case refund = "rfd"
    }

    /// An id from text, when it has this kind's prefix and 26 characters of Crockford base 32.
    public init?(_ text: String, kind: Kind) {
        let prefix = kind.rawValue + "_"
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 26 else { return nil }
        guard text.utf8.dropFirst(prefix.utf8.count).allSatisfy(Self.isOfAlphabet) else { return nil }
        self.text = text
    }

    fileprivate init(unchecked text: String) { self.text = text }

    /// Digits and capital letters without I, L, O and U.
    private static func isOfAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "O"), UInt8(ascii: "U"): false
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    fileprivate static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}

public typealias OrderID = Identifier
public typealias ActionID = Identifier
public typealias RefundID = Identifier

/// Makes ids; two made in the same millisecond still sort in the order they were made.
public final class IdentifierSource: Sendable {
    private struct Last {
        var millisecond: UInt64 = 0
        var random = SIMD2<UInt64>(0, 0)
    }

    private let milliseconds: @Sendable () -> UInt64
    private let last = Mutex(Last())

    /// - Parameter milliseconds: the time since 1970.
    public init(milliseconds: @escaping @Sendable () -> UInt64) { self.milliseconds = milliseconds }

    /// A new id of a kind.
    public func next(_ kind: Identifier.Kind) -> Identifier {
        let (time, random) = last.withLock { last in
            let now = milliseconds()
            if now > last.millisecond {
                // 80 random bits: 40 in each half; the low half has room to count up.
                last.millisecond = now
                last.random = SIMD2(.random(in: 0..<(1 << 40)), .random(in: 0..<(1 << 39)))
            } else {
                last.random[1] += 1
            }
            return (last.millisecond, last.random)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        bytes += kind.rawValue.utf8
        bytes.append(UInt8(ascii: "_"))
        for (value, count) in [(time, 10), (random[0], 8), (random[1], 8)] {
            for place in (0..<UInt64(count)).reversed() {
                bytes.append(Identifier.alphabet[Int((value >> (5 * place)) & 31)])
            }
        }
        return Identifier(unchecked: String(decoding: bytes, as: UTF8.self))
    }
}

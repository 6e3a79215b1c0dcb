/// Makes ids that no other start of the sandbox makes, as long as no two start in the same millisecond.
struct SandboxIDs: Sendable {
    private let start: Int64
    private var count = 0

    init(start: SandboxTime) {
        self.start = max(0, start.milliseconds)
    }

    /// The number of the next thing, or the first of the next several; each is given once.
    mutating func next(by several: Int = 1) -> Int {
        let first = count + 1
        count += several
        return first
    }

    /// A prefix and a part like a ULID's: `ord_01HX2K3PQ4M5`. The vendor's samples differ in length: ids are opaque.
    func ulid(_ prefix: String, _ number: Int) -> String {
        prefix + Self.base32(start, width: 10) + Self.base32(Int64(number), width: 5)
    }

    /// The number that an id with a prefix was made of; nil for an id of another start, or none at all.
    func number(of id: String, prefix: String) -> Int? {
        let start = prefix + Self.base32(start, width: 10)
        guard id.hasPrefix(start), let number = Self.number(base32: id.dropFirst(start.count)) else { return nil }
        return ulid(prefix, number) == id ? number : nil
    }

    /// Digits only, like the legacy vendor's: the tenths of seconds of the start, and the number.
    func digits(_ number: Int) -> String {
        let tail = String(number)
        return String(start / 100 % 10_000_000_000) + String(repeating: "0", count: max(0, 7 - tail.count)) + tail
    }

    /// The number that such digits were made of; nil for digits of another start, or none at all.
    func number(ofDigits text: String) -> Int? {
        let start = String(start / 100 % 10_000_000_000)
        guard text.hasPrefix(start), let number = Int(text.dropFirst(start.count)), number >= 0 else { return nil }
        return digits(number) == text ? number : nil
    }

    /// An address of 100.64.0.0/10, which nobody reaches; after two million they come round again.
    static func address(_ number: Int, upperHalf: Bool) -> String {
        let offset = number & 0x1F_FFFF | (upperHalf ? 0x20_0000 : 0)
        let value = 0x6440_0000 + offset
        return "\(value >> 24 & 255).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    private static func number(base32 text: Substring) -> Int? {
        guard text.utf8.count <= 12 else { return nil }
        var number = 0
        for byte in text.utf8 {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            number = number << 5 | digit
        }
        return number
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func base32(_ number: Int64, width: Int) -> String {
        var rest = number
        var text: [UInt8] = []
        while rest > 0 || text.count < width {
            text.append(alphabet[Int(rest & 31)])
            rest >>= 5
        }
        return String(decoding: text.reversed(), as: UTF8.self)
    }
}

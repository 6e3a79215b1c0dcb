import Foundation

/// Random numbers that come again from the same seed (SplitMix64). A test prints its seed when it fails; `PURSER_TEST_SEED`
/// in the environment runs it again.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    public let seed: UInt64
    private var state: UInt64

    /// A generator with the seed of the environment, else with a new one.
    public init() {
        let told = ProcessInfo.processInfo.environment["PURSER_TEST_SEED"].flatMap { UInt64($0) }
        self.init(seed: told ?? .random(in: 0 ... .max))
    }

    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Breaks documents: a few bytes at a time, or a value put in another's place.
public struct DocumentBreaker: Sendable {
    /// Values that have confused readers before.
    private static let values = [
        "null", "true", "false", "0", "-0", "1", "-1", "1e400", "1e2", "120.000000000001", "9999999999999", "[]", "{}",
        #""""#, #""ord_1""#, #""NUMBER-1""#, #""a b""#, #""\u0000""#, #""\ud800""#, #""\u202e""#, "\"\u{FEFF}\"", "NaN",
        "123456789012345678901234567890", #"{"code":14}"#, #"{"code":35}"#, #""insufficient_balance""#, "'x'",
        "[[[[[[]]]]]]",
    ]

    public init() {}

    /// The document with one to four things broken.
    public func broken(_ document: String, with random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(document.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) { breakOnce(&bytes, &random) }
        return bytes
    }

    private func breakOnce(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes[place] = .random(in: 0 ... .max, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(.random(in: 0 ... .max, using: &random), at: place)
        case 3: bytes.removeSubrange(place...)
        case 4:
            let end = Int.random(in: place..<bytes.count, using: &random)
            bytes.insert(contentsOf: bytes[place...end], at: place)
        default: replaceValue(&bytes, after: place, &random)
        }
    }

    /// Puts a value in the place of the one that follows the next colon.
    private func replaceValue(_ bytes: inout [UInt8], after place: Int, _ random: inout SeededRandom) {
        guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")),
            let end = bytes[colon...].firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }),
            let value = Self.values.randomElement(using: &random)
        else { return }
        bytes.replaceSubrange((colon + 1)..<end, with: value.utf8)
    }
}

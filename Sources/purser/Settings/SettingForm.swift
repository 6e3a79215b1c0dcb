import Foundation
import Purchasing
import Yams

/// How one kind of value is written in the configuration file, and how it is read.
struct SettingForm<Value: Sendable>: Sendable {
    /// What is expected, in words: `a duration such as 30s, from 0s to 1m`.
    let expectation: String
    /// The value of a node.
    /// - Throws: `Complaint` when the node is anything else.
    let read: @Sendable (Node) throws(Complaint) -> Value
    /// The value as it would be written in the file.
    let write: @Sendable (Value) -> String

    /// A form whose only complaint is that something else was expected.
    init(
        _ expectation: String, read: @escaping @Sendable (Node) -> Value?, write: @escaping @Sendable (Value) -> String
    ) {
        self.init(expectation, write: write) { (node: Node) throws(Complaint) in
            guard let value = read(node) else { throw Complaint("expected \(expectation)") }
            return value
        }
    }

    /// A form with complaints of its own.
    init(
        _ expectation: String, write: @escaping @Sendable (Value) -> String,
        readOrComplain: @escaping @Sendable (Node) throws(Complaint) -> Value
    ) {
        self.expectation = expectation
        self.read = readOrComplain
        self.write = write
    }

    /// The same form for a key that has no default; `absent` says in words what holds without it.
    func optional(absent: String) -> SettingForm<Value?> {
        SettingForm<Value?>(expectation, write: { $0.map(write) ?? absent }) { (node: Node) throws(Complaint) in
            try read(node)
        }
    }
}

/// Why a value was refused; never carries the value, which may be a secret in the wrong place.
struct Complaint: Error, Hashable {
    let text: String

    init(_ text: String) { self.text = text }
}

extension Node {
    /// The text of a scalar that is a string: quoted, or plain and not read as a number, a truth value or nothing.
    var text: String? {
        guard case .scalar(let scalar) = self, tag.description == Tag.Name.str.rawValue else { return nil }
        return scalar.string
    }

    /// The text of a scalar that stands without quotes.
    var plainText: String? {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return nil }
        return scalar.string
    }

    /// The text of any scalar, exactly as it is written.
    var scalarText: String? {
        guard case .scalar(let scalar) = self else { return nil }
        return scalar.string
    }

    /// Whether there is nothing: `key:` without a value.
    var isEmpty: Bool { plainText.map { ["", "~", "null"].contains($0) } ?? false }
}

// MARK: - The forms

extension SettingForm<String> {
    /// Text that is not empty.
    static func text(_ expectation: String) -> Self {
        Self(expectation, read: { node in node.text.flatMap { $0.isEmpty ? nil : $0 } }, write: { $0 })
    }

    /// A host name or an IP address.
    static let host = Self(
        "a host name or an IP address",
        read: { node in
            guard let host = node.text, !host.isEmpty, host.utf8.count <= 253 else { return nil }
            let isPart = { (byte: UInt8) in byte.isASCIILetterOrDigit || [0x2D, 0x2E, 0x3A].contains(byte) }
            return host.utf8.allSatisfy(isPart) ? host : nil
        },
        write: { $0 })
}

extension SettingForm<Int> {
    /// A whole number without quotes, signs or separators.
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self(
            "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { node in
                guard let text = node.plainText, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
                return Int(text).flatMap { range.contains($0) ? $0 : nil }
            },
            write: { String($0) })
    }
}

extension SettingForm<Bool> {
    /// `true` or `false`; YAML 1.1's `yes`, `on` and the like are refused.
    static let boolean = Self(
        "true or false", read: { node in node.plainText.flatMap(Bool.init) }, write: { String($0) })
}

extension SettingForm<Duration> {
    /// A duration within bounds.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let bounds = "from \(range.lowerBound.settingText) to \(range.upperBound.settingText)"
        return Self(
            "a duration such as 30s (ms, s, m, h or d), \(bounds)",
            read: { node in
                guard let duration = node.text.flatMap(Duration.init(settingText:)) else { return nil }
                return range.contains(duration) ? duration : nil
            },
            write: \.settingText)
    }
}

extension SettingForm<[Duration]> {
    /// A list of durations within bounds, each of them once.
    static func durations(_ range: ClosedRange<Duration>) -> Self {
        let one = SettingForm<Duration>.duration(range)
        return Self(
            "a list, each of it \(one.expectation)",
            read: { node in
                guard case .sequence(let sequence) = node else { return nil }
                let durations = sequence.compactMap { node in
                    node.text.flatMap(Duration.init(settingText:)).flatMap { range.contains($0) ? $0 : nil }
                }
                return durations.count == sequence.count && Set(durations).count == durations.count ? durations : nil
            },
            write: { "[\($0.map(\.settingText).joined(separator: ", "))]" })
    }
}

extension SettingForm<Millionths> {
    /// A price in US dollars, read from its digits whether it stands in quotes or not.
    static let price = Self(
        "a price in US dollars above 0 with at most six decimals, such as \"4.50\"",
        read: { node in
            guard let text = node.scalarText, let price = Millionths(text), price > .zero else { return nil }
            let fraction = text.split(separator: ".", maxSplits: 1).dropFirst().first ?? ""
            return fraction.utf8.count <= 6 ? price : nil
        },
        write: { $0.text(places: 2) })
}

extension SettingForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a closed set of words. `refusals` says more about words that somebody may well try.
    static func choice(refusing refusals: [String: String] = [:]) -> Self {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        let expectation = Value.allCases.count == 1 ? words : "one of \(words)"
        return Self(expectation, write: \.rawValue) { (node: Node) throws(Complaint) in
            if let value = node.text.flatMap(Value.init(rawValue:)) { return value }
            throw Complaint(node.text.flatMap { refusals[$0] } ?? "expected \(expectation)")
        }
    }
}

extension SettingForm<[String]> {
    /// A list of names.
    static func names(_ expectation: String) -> Self {
        Self(
            expectation,
            read: { node in
                guard case .sequence(let sequence) = node else { return nil }
                let names = sequence.compactMap(\.text)
                return names.count == sequence.count ? names : nil
            },
            write: { "[\($0.joined(separator: ", "))]" })
    }
}

extension UInt8 {
    /// Whether this is `A-Z`, `a-z` or `0-9`.
    var isASCIILetterOrDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

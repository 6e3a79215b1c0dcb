/// Where a receiver is: a URL that can be read in one way only.
public struct WebhookURL: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    public let text: String
    public let isEncrypted: Bool
    public let host: Host
    public let port: Int
    /// Path and query.
    public let target: String

    public var description: String { text }

    /// A host, by name or by address.
    public enum Host: Sendable, Hashable, CustomStringConvertible {
        /// In small letters.
        case name(String)
        case address(NetworkAddress)

        public var description: String {
            switch self {
            case .name(let name): name
            case .address(let address): address.bytes.count == 16 ? "[\(address.text)]" : address.text
            }
        }

        /// Reads a name, or an address; one of IPv6 in its brackets. Nothing that some resolver might take for a number
        /// is a name: `0x7f.1`, `2130706433`, `0177.0.0.1`.
        init?(_ text: String) {
            if text.hasPrefix("[") {
                guard text.hasSuffix("]"), let address = NetworkAddress(String(text.dropFirst().dropLast())),
                    address.bytes.count == 16, !address.isMapped
                else { return nil }
                self = .address(address)
                return
            }
            let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
            guard text.utf8.count <= 253, labels.allSatisfy(Self.isLabel), let last = labels.last else { return nil }
            if last.first?.isNumber == true {
                guard let address = NetworkAddress(text), address.text == text else { return nil }
                self = .address(address)
            } else {
                self = .name(text.lowercased())
            }
        }

        private static func isLabel(_ label: Substring) -> Bool {
            let isPlain = { (byte: UInt8) in (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
            guard (1...63).contains(label.utf8.count), let first = label.utf8.first, let last = label.utf8.last else {
                return false
            }
            return isPlain(first) && isPlain(last) && label.utf8.allSatisfy { isPlain($0) || $0 == 0x2D }
        }
    }

    /// What is wrong with a URL, in words that say how to mend it.
    public struct Objection: Error, Sendable, Hashable {
        public let detail: String
    }

    /// - Throws: `Objection` unless it is `https` or `http`, a host, perhaps a port, a path and a query: no user, no
    ///   fragment, and nothing that is read differently here and there.
    public init(_ text: String) throws(Objection) {
        try self.init(stored: text)
        guard Self.isPlain(target) else {
            throw Objection(detail: "a path and a query without [ and ], and with two hexadecimal digits behind each %")
        }
    }

    /// Reads a URL that was taken before, when path and query were looked at less closely: one that is refused now must not
    /// hide all others.
    /// - Throws: `Objection` unless it could have been.
    public init(stored text: String) throws(Objection) {
        let schemes = [("https://", true), ("http://", false)]
        guard let (scheme, isEncrypted) = schemes.first(where: { text.hasPrefix($0.0) }) else {
            throw Objection(detail: "a URL that starts with https://")
        }
        let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}#".utf8.contains($0) }
        guard text.utf8.count <= 2048, isVisible else {
            throw Objection(detail: "at most 2048 visible ASCII characters, escaped where a URL wants it, no fragment")
        }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw Objection(detail: "a URL without a user: nothing stands before @") }
        let (host, port) = try Self.parts(authority, standardPort: isEncrypted ? 443 : 80)
        let rest = text.dropFirst(scheme.count + authority.count)
        target = rest.hasPrefix("/") ? String(rest) : "/" + rest
        self.text = text
        self.isEncrypted = isEncrypted
        self.host = host
        self.port = port
    }

    /// Whether path and query are sent as they are written; whatever no URL may have is escaped by some, and not by others.
    private static func isPlain(_ target: String) -> Bool {
        let escapes = target.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false).dropFirst()
        let isHexadecimal = { (byte: UInt8) in Character(Unicode.Scalar(byte)).isHexDigit }
        return !target.contains { $0 == "[" || $0 == "]" }
            && escapes.allSatisfy { $0.count >= 2 && $0.prefix(2).allSatisfy(isHexadecimal) }
    }

    /// Reads `host` or `host:port`.
    static func parts(_ authority: Substring, standardPort: Int) throws(Objection) -> (Host, Int) {
        var name = authority
        var port = standardPort
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            let digits = authority[authority.index(after: colon)...]
            let isPlain = digits.utf8.allSatisfy { (0x30...0x39).contains($0) } && digits.first != "0"
            guard isPlain, let number = Int(digits), (1...65_535).contains(number) else {
                throw Objection(detail: "a port from 1 to 65535 behind the host")
            }
            (name, port) = (authority[..<colon], number)
        }
        guard let host = Host(String(name)) else {
            throw Objection(
                detail: "a host by its name, by four decimal numbers, or by an IPv6 address in brackets; none that is "
                    + "written in another way")
        }
        return (host, port)
    }
}

public import Purchasing

/// Where a vendor's API lives: scheme, host, port and leading path, each of them checked.
///
/// Everything that could carry a secret or change the meaning of what is appended (user info, a query, a fragment,
/// percent escapes, dot segments) is refused.
public struct VendorAddress: Sendable, Hashable, CustomStringConvertible {
    /// The URL without a slash at its end: `https://api.helodata.com/v1`.
    let text: String

    public var description: String { text }

    /// - Throws: `InvalidVendorSettings` for `base_url` when the text is not such an address.
    public init(_ text: String) throws(InvalidVendorSettings) {
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: text.hasPrefix) else {
            throw Self.invalid("starts with https:// (or http:// for a sandbox)")
        }
        var components = text.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        if components.last?.isEmpty == true, components.count > 1 { components.removeLast() }
        guard Self.isAuthority(components.removeFirst()) else { throw Self.invalid("names a host and perhaps a port") }
        guard components.allSatisfy({ VendorPathComponent(token: String($0)) != nil }) else {
            throw Self.invalid("has a path of letters, digits, _ . and -, and no query")
        }
        self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func invalid(_ detail: String) -> InvalidVendorSettings {
        InvalidVendorSettings("base_url", "a URL such as https://api.example.com/v1 that \(detail)")
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            guard let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return false }
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            return !address.isEmpty && address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        let isHostCharacter = { (character: Character) in
            character.isASCII && (character.isLetter || character.isNumber || character == "." || character == "-")
        }
        return !host.isEmpty && host.allSatisfy(isHostCharacter)
    }
}

/// How Purser proves to a vendor who it is; the secret is revealed only where a request is built.
public enum VendorCredential: Sendable, Hashable {
    /// `Authorization: Bearer …`.
    case bearer(Secret)
    /// A segment of the path, where `VendorPathComponent.credential` stands.
    case pathSegment(Secret)

    /// The secret, however it travels.
    var secret: Secret {
        switch self {
        case .bearer(let secret), .pathSegment(let secret): secret
        }
    }

    /// Refuses a secret that would not arrive as it is written, or that would change the request around it.
    func check() throws(InvalidVendorSettings) {
        switch self {
        case .bearer(let secret):
            guard secret.revealed.isVisibleASCII(upTo: 4096) else {
                throw InvalidVendorSettings("api_key", "1 to 4096 visible ASCII characters, without blanks")
            }
        case .pathSegment(let secret):
            let isAllowed = { (byte: UInt8) in byte.isASCIILetterOrDigit || byte == 0x5F || byte == 0x2D }
            guard !secret.revealed.isEmpty, secret.revealed.utf8.allSatisfy(isAllowed) else {
                throw InvalidVendorSettings("api_key", "letters, digits, _ and -, since it is a segment of the path")
            }
        }
    }
}

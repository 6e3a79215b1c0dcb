public import ExactJSON
import Foundation
import OrderedCollections
public import Purchasing

/// Makes a vendor's text fit to be stored, logged and shown: short, without control characters and without secrets.
public struct Redaction: Sendable {
    /// What stands where a secret stood.
    public static let placeholder = "<redacted>"
    /// How many characters of a vendor's text are kept.
    public static let textLimit = 256
    /// How many elements of a list are kept in details.
    public static let listLimit = 20

    private let needles: [String]
    /// A text of fewer bytes is too short to hold the secret, and is not cut.
    private let shortest: Int

    /// - Parameter secret: Purser's own key at the vendor.
    public init(hiding secret: Secret) {
        needles = Self.forms(of: secret.revealed)
        shortest = min(Self.textLimit, needles.last?.count ?? Self.textLimit)
    }

    /// The text without control characters, without the secret in any of its usual forms and without the user and
    /// password of any URL, cut to 256 characters.
    public func text(_ text: String) -> String {
        if text.utf8.count < shortest, text.utf8.allSatisfy(\.isPlain) { return text }
        // Cut twice: a vendor's megabyte need not be searched, and what was replaced may be longer.
        let start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(4096).filter { !$0.isUnprintable }))
        var clean = start
        for needle in needles {
            clean = clean.replacingOccurrences(of: needle, with: Self.placeholder, options: .caseInsensitive)
        }
        return String(Self.withoutUserInfo(clean).prefix(Self.textLimit))
    }

    /// The document with each text made fit, long lists cut, and everything hidden that stands under the name of a
    /// credential, at any depth.
    public func details(_ json: JSON) -> JSON {
        switch json {
        case .null, .bool: return json
        case .number(let number): return number.literal.utf8.count <= 64 ? json : .string(text(number.literal))
        case .string(let string): return .string(text(string))
        case .array(let elements): return .array(elements.prefix(Self.listLimit).map(details))
        case .object(let members):
            var kept = OrderedDictionary<String, JSON>()
            for (name, value) in members {
                kept[text(name)] =
                    Self.isCredential(name) && !value.isNull ? .string(Self.placeholder) : details(value)
            }
            return .object(kept)
        }
    }

    /// The text with what stands between `://` and the last `@` of each URL's authority hidden: a proxy is often told as
    /// `http://user:password@host:port`.
    private static func withoutUserInfo(_ text: String) -> String {
        guard text.contains("://") else { return text }
        return text.replacing(/:\/\/[^\/?#\s]*@/, with: "://\(placeholder)@")
    }

    private static func isCredential(_ name: String) -> Bool {
        credentialNames.contains(name.lowercased().filter { $0 != "_" && $0 != "-" })
    }

    /// HeloData's IP list has `user` and `pass` (/products/overview-2/proxy-list-format); legacy's records are known to
    /// have `authInfo` and `rebootLink` (a reseller's client); the others are what such fields are usually called.
    private static let credentialNames: Set<String> = [
        "password", "pass", "passwd", "pwd", "login", "user", "username", "token", "accesstoken", "secret", "apikey",
        "authorization", "authinfo", "credentials", "rebootlink", "signingsecret",
    ]

    /// The secret plain, percent-encoded (as a URL would, and byte by byte), in both alphabets of base 64, and in
    /// hexadecimal; longest first, so that no form is broken by the replacement of a shorter one.
    private static func forms(of secret: String) -> [String] {
        guard !secret.isEmpty else { return [] }
        let bytes = Array(secret.utf8)
        let hexadecimal = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        let base64 = Data(bytes).base64EncodedString()
        let unpadded = base64.replacing("=", with: "")
        let forms: Set<String> = [
            secret, hexadecimal.joined(), hexadecimal.map { "%" + $0 }.joined(), secret.percentEncoded,
            base64, unpadded, unpadded.replacing("+", with: "-").replacing("/", with: "_"),
        ]
        return forms.sorted { $0.count > $1.count }
    }
}

extension String {
    /// The text with everything but unreserved characters (RFC 3986, 2.3) percent-encoded.
    var percentEncoded: String {
        utf8.map { byte in
            byte.isASCIILetterOrDigit || "-._~".utf8.contains(byte)
                ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

extension UInt8 {
    /// A printable ASCII character that has no part in a URL's user and password.
    fileprivate var isPlain: Bool { 0x20..<0x7F ~= self && self != UInt8(ascii: "@") }
}

extension Unicode.Scalar {
    /// Control characters, line and paragraph separators, and the characters that reorder the text around them.
    fileprivate var isUnprintable: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }
}

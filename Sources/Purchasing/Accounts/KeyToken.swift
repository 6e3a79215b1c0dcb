import Crypto
import Foundation

/// What a caller sends to say who it is: a key's id and its secret.
public struct KeyToken: Sendable {
    /// The key that the token claims to be; nil when the token is malformed.
    let id: Identifier?
    private let secret: String

    /// The token as it is sent.
    let text: String

    /// A new token.
    init(id: Identifier, secret: [UInt8]) {
        self.id = id
        self.secret = Self.base64URL(secret)
        self.text = "pk_" + id.text.dropFirst("key_".count) + "_" + self.secret
    }

    /// Takes apart what a caller sent. A malformed token is hashed all the same, so that it costs what a wrong one
    /// costs.
    init(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "_"), maxSplits: 2, omittingEmptySubsequences: false)
            .map(Substring.init)
        let isWhole = parts.count == 3 && parts[0] == "pk" && parts[2].utf8.count == 43
        self.id = isWhole ? Identifier("key_" + parts[1], kind: .key) : nil
        self.secret = isWhole ? String(parts[2]) : text
        self.text = text
    }

    /// The id of the key that a token claims to be, which is no secret; nil when the token is malformed.
    public static func keyID(in text: String) -> String? { KeyToken(text).id?.text }

    /// The SHA-256 of the secret.
    var digest: SHA256.Digest { SHA256.hash(data: Array(secret.utf8)) }

    /// 32 bytes from the system's random generator, which is fit for secrets.
    @Sendable public static func systemRandom() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

import Crypto
import ExactJSON
import Foundation
import Purchasing

/// Where a page of history ended: the id of the last order, or action, and a seal over it and the filters.
///
/// The seal refuses a cursor that was made up or cut, and one that is used with other filters than it was made for. It
/// guards against mistakes, not against attack: whose history is listed is decided again for each page.
struct HistoryCursor {
    /// The last of the page before.
    let id: Identifier

    /// The cursor that follows an order or an action.
    init(after id: Identifier) { self.id = id }

    /// Reads a cursor; nil when it was not made for these filters.
    init?(_ text: String, kind: Identifier.Kind, filters: JSON) {
        guard let bytes = Data(base64URL: text), bytes.count == Self.idLength + Self.sealLength,
            let id = Identifier(String(decoding: bytes.prefix(Self.idLength), as: UTF8.self), kind: kind),
            Self.seal(id, filters) == Array(bytes.suffix(Self.sealLength))
        else { return nil }
        self.id = id
    }

    /// The cursor as callers carry it.
    func text(filters: JSON) -> String { (Data(id.text.utf8) + Self.seal(id, filters)).base64URL }

    private static let idLength = 30
    private static let sealLength = 16

    private static func seal(_ id: Identifier, _ filters: JSON) -> [UInt8] {
        let key = SymmetricKey(data: Array("purser order cursor 1".utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(id.text.utf8) + filters.bytes, using: key)
        return Array(code.prefix(sealLength))
    }
}

extension Data {
    /// Reads base64url without padding; nil when it is not that.
    init?(base64URL text: String, atMost length: Int = 128) {
        guard text.utf8.count <= length, !text.contains(where: { "+/=".contains($0) }) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        self.init(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }

    /// Base64url without padding.
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

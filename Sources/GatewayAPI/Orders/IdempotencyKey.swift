import HTTPTypes
import Purchasing

/// The caller's name for one purchase or action: 1 to 255 visible ASCII characters, with or without the quotes of a
/// structured-field string.
struct IdempotencyKey: Hashable, Sendable {
    let text: String

    /// The key of a call; nil when it has none and none is required.
    /// - Throws: `Problem` `idempotency_key_missing` when there is none, `malformed_request` when it is no key.
    static func of(_ headers: HTTPFields, isRequired: Bool) throws(Problem) -> IdempotencyKey? {
        isRequired || headers.contains(.idempotencyKey) ? try required(in: headers) : nil
    }

    /// The key of a call that may not be made without one.
    /// - Throws: `Problem` `idempotency_key_missing` when there is none, `malformed_request` when it is no key.
    static func required(in headers: HTTPFields) throws(Problem) -> IdempotencyKey {
        let values = headers[values: .idempotencyKey]
        guard let value = values.first?.withoutBlanks, !value.isEmpty else { throw missing }
        guard values.count == 1, let key = IdempotencyKey(value) else { throw malformed }
        return key
    }

    /// Reads a field's value; nil when it is no key.
    init?(_ value: String) {
        guard let text = value.hasPrefix("\"") ? Self.unquoted(value) : value else { return nil }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    /// What stands in the quotes of a structured-field string (RFC 8941), where `\` escapes `"` and itself.
    private static func unquoted(_ value: String) -> String? {
        var text: [UInt8] = []
        var rest = value.utf8.dropFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return rest.isEmpty ? String(decoding: text, as: UTF8.self) : nil
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst(), escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\")
                else { return nil }
                text.append(escaped)
            default:
                text.append(byte)
            }
        }
        return nil
    }

    private static let missing = Problem(
        .idempotencyKeyMissing,
        "send a header such as `Idempotency-Key: crawler-2026-05-28-001`: a new one for each purchase, the same one "
            + "for each repetition",
        moneyState: .unchanged)

    private static let malformed = Problem(
        .malformedRequest,
        "an Idempotency-Key is one header of 1 to 255 visible ASCII characters, with or without quotes",
        moneyState: .unchanged)
}

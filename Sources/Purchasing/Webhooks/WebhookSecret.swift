import Foundation

/// The key that signs what one receiver is sent: 24 to 64 random bytes, written as `whsec_` and base64, as the Standard
/// Webhooks specification has it.
///
/// It prints as `<redacted>` however it is printed.
public struct WebhookSecret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// How many bytes a key may have.
    public static let lengths = 24...64

    /// The bytes; for signing and for the store, and nothing else.
    public let key: [UInt8]

    /// A key of so many bytes; nil when there are fewer than 24 or more than 64.
    public init?(key: [UInt8]) {
        guard Self.lengths.contains(key.count) else { return nil }
        self.key = key
    }

    /// Reads `whsec_…`; nil when it is not that.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count)))
        else { return nil }
        self.init(key: Array(data))
    }

    /// The key as its receiver keeps it; shown once, when it was made.
    public var text: Secret { Secret(Self.prefix + Data(key).base64EncodedString()) }

    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    private static let prefix = "whsec_"
}

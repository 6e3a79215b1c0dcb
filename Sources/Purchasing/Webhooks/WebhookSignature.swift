import Crypto
public import Foundation

/// The signature of one attempt (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
/// HMAC-SHA256 over id, time and body, each of the secrets in force giving one.
public enum WebhookSignature {
    /// The value of the field `webhook-signature`: `v1,<base64>` for each secret, with blanks between.
    /// - Parameters:
    ///   - id: the event's id, which is the same at every attempt.
    ///   - time: when the attempt is made; signed in whole seconds, as `webhook-timestamp` says it.
    ///   - body: the bytes that are sent.
    ///   - secrets: the newest first.
    public static func value(id: String, time: Date, body: [UInt8], secrets: [WebhookSecret]) -> String {
        let signed = Array("\(id).\(timestamp(time)).".utf8) + body
        return secrets.map { secret in
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: secret.key))
            return "v1," + Data(code).base64EncodedString()
        }.joined(separator: " ")
    }

    /// The value of the field `webhook-timestamp`: whole seconds since 1970.
    public static func timestamp(_ time: Date) -> String { String(time.milliseconds / 1000) }
}

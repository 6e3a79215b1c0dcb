import Foundation
import Testing

@testable import Purchasing

@Suite struct WebhookSignatureTests {
    /// The example that the Standard Webhooks reference libraries test themselves with.
    static let published = (
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        seconds: 1_614_265_330, body: #"{"test": 2432232314}"#, value: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )

    private static func value(_ secrets: [WebhookSecret], milliseconds: Int64 = 0, body: String? = nil) -> String {
        let time = Date(milliseconds: Int64(published.seconds) * 1000 + milliseconds)
        return WebhookSignature.value(
            id: published.id, time: time, body: Array((body ?? published.body).utf8), secrets: secrets)
    }

    @Test func `the published example is signed as published`() throws {
        let secret = try #require(WebhookSecret(Self.published.secret))
        #expect(Self.value([secret]) == Self.published.value)
        #expect(Self.value([secret], milliseconds: 999) == Self.published.value)
        #expect(Self.value([secret], milliseconds: 1000) != Self.published.value)
        #expect(Self.value([secret], body: "{}") != Self.published.value)
    }

    @Test func `two secrets give two signatures, the newest first`() throws {
        let old = try #require(WebhookSecret(Self.published.secret))
        let new = try #require(WebhookSecret(key: [UInt8](repeating: 1, count: 64)))
        let parts = Self.value([new, old]).split(separator: " ").map(String.init)
        #expect(parts == [Self.value([new]), Self.published.value])
    }

    @Test func `the secret before signs until its time is up`() throws {
        var webhook = try Webhook(
            id: IdentifierSource { 0 }.next(.webhook), url: WebhookURL("https://a.example/"), filter: WebhookFilter(),
            secret: #require(WebhookSecret(key: [UInt8](repeating: 1, count: 32))), createdAt: .now)
        let old: WebhookSecret = try #require(WebhookSecret(Self.published.secret))
        webhook.oldSecret = old
        webhook.oldSecretUntil = Date(milliseconds: 1000)
        let event = IdentifierSource { 0 }.next(.event)
        let signatures = { (milliseconds: Int64) -> Int in
            webhook.request(event, [1], at: Date(milliseconds: milliseconds)).signature.split(separator: " ").count
        }
        let counts: [Int] = [0, 999, 1000].map(signatures)
        #expect(counts == [2, 2, 1])
    }

    @Test func `a secret has 24 to 64 bytes, reads back, and is printed nowhere`() throws {
        #expect(WebhookSecret(key: [UInt8](repeating: 0, count: 23)) == nil)
        #expect(WebhookSecret(key: [UInt8](repeating: 0, count: 65)) == nil)
        let secret = try #require(WebhookSecret(key: Array(0..<32)))
        #expect(secret.text.revealed == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        #expect(WebhookSecret(secret.text.revealed) == secret)
        for text in ["", "whsec_", "whsec_!", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"] {
            #expect(WebhookSecret(text) == nil)
        }
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret) \(String(reflecting: secret))" == "<redacted> <redacted>")
        #expect(!dumped.contains("31"))
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// A request that has arrived whole.
struct ReceivedCall: Sendable {
    let exchange: Exchange
    let body: [UInt8]
    let headers: HTTPFields
    private let query: Parameters
    private let path: Parameters

    init(_ exchange: Exchange, body: [UInt8], request: Request, path: Parameters) {
        self.exchange = exchange
        self.body = body
        self.headers = request.headers
        self.query = request.uri.queryParameters
        self.path = path
    }

    var call: SandboxCall { exchange.call }

    /// A value of the query; nil where it is missing or empty.
    func query(_ name: String) -> String? {
        query.get(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A piece of the path, percent-decoded.
    func path(_ name: String) -> String {
        let text = path.get(name) ?? ""
        return text.removingPercentEncoding ?? text
    }
}

extension HTTPField.Name {
    static let idempotencyKey = Self.named("Idempotency-Key")
    static let rateLimit = Self.named("X-RateLimit-Limit")
    static let rateRemaining = Self.named("X-RateLimit-Remaining")
    static let rateReset = Self.named("X-RateLimit-Reset")

    private static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("not a field name: \(text)") }
        return name
    }
}

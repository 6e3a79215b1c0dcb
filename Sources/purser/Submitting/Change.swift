import ExactJSON
import Foundation

/// A call that changes something, as it is sent each time; the key is the submission's.
struct Change: Sendable {
    let undertaking: Undertaking
    /// What new keys begin with: `buy`, `renew`.
    let name: String
    let method: String
    /// Path and query.
    let path: String
    /// Nil where the call has nothing to say but its path.
    let body: [UInt8]?

    /// A purchase.
    static func purchase(_ body: [UInt8]) -> Change {
        Change(undertaking: .order, name: "buy", method: "POST", path: "/orders", body: body)
    }

    /// An action.
    static func action(_ name: String, _ path: String, _ body: JSON? = nil, method: String = "POST") -> Change {
        Change(undertaking: .action, name: name, method: method, path: path, body: body?.bytes)
    }

    /// A key that nobody has used.
    var newKey: String { "\(name)-\(UUID().uuidString.lowercased())" }
}

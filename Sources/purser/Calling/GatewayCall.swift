/// One call of a gateway's API.
struct GatewayCall: Sendable {
    let method: String
    /// Path and query.
    let path: String
    /// A JSON document, byte for byte as it is sent.
    let body: [UInt8]?
    let headers: [(String, String)]
    /// How long it may take, answer included.
    let limit: Duration

    init(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [(String, String)] = [],
        limit: Duration = .seconds(70)
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.headers = headers
        self.limit = limit
    }

    /// A read with the parameters that have a value.
    init(
        reading path: String, _ parameters: [(name: String, value: String?)], headers: [(String, String)] = [],
        limit: Duration = .seconds(70)
    ) {
        let pairs = parameters.compactMap { name, value in
            value.map { "\(Self.escaped(name))=\(Self.escaped($0))" }
        }
        self.init(
            "GET", pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&"), headers: headers, limit: limit)
    }

    /// The text with everything but letters, digits, `-`, `.`, `_` and `~` escaped for a query.
    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = byte.isASCIILetterOrDigit || "-._~".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

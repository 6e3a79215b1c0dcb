/// What the books keep of a request.
struct Exchange: Sendable, Hashable {
    /// Which call it is.
    var call: SandboxCall
    /// The number of its `received` entry.
    var number = 0
    /// The value of `Idempotency-Key`.
    var idempotencyKey: String?
    /// SHA-256 of the body, hexadecimal.
    var bodyDigest: String
    /// The client's end of the connection.
    var connection: String?
}

import ExactJSON
import HTTPTypes
import Hummingbird
import NIOCore
import Purchasing

/// One call that has found its route.
struct Call: Sendable {
    /// How large a body may be, in bytes.
    static let bodyLimit = 64 * 1024

    let request: Request
    /// The id of the call, kept from the caller or made here: 1 to 128 visible ASCII characters.
    let requestID: String
    /// The query, of which every parameter is one that the route knows.
    let query: QueryParameters
    /// What stands where the route's path has names.
    let names: [String: String]
    /// `/v1` or nothing: what links in the answer start with.
    let base: String

    /// Whether only the head of the answer is wanted, so that nothing has to be read for its body alone.
    var wantsHeadOnly: Bool { request.method == .head || request.headers[.headMark] != nil }

    /// The order id in the path.
    /// - Throws: `Problem` `not_found`, word for word as for an order that is not there, when it cannot be one.
    func orderID() throws(Problem) -> OrderID {
        guard let id = names["id"].flatMap({ OrderID($0, kind: .order) }) else { throw Purchaser.notFound }
        return id
    }

    /// The action id in the path.
    /// - Throws: `Problem` `not_found`, word for word as for an action that is not there, when it cannot be one.
    func actionID() throws(Problem) -> ActionID {
        guard let id = names["id"].flatMap({ ActionID($0, kind: .action) }) else {
            throw Problem(.notFound, "there is no such action", moneyState: .unchanged)
        }
        return id
    }

    /// The vendor's id of a batch in the path.
    /// - Throws: `Problem` `not_found`, word for word as for a batch that is not there, when it cannot be one.
    func batchID() throws(Problem) -> String {
        guard let id = names["id"], id.isVendorID else { throw Purchaser.noBatch }
        return id
    }

    /// A vendor's id of what is in a batch, in the path.
    /// - Throws: `Problem` `not_found` when it cannot be one.
    func vendorID(_ name: String) throws(Problem) -> String {
        guard let id = names[name], id.isVendorID else {
            throw Problem(.notFound, "there is nothing with such an id", moneyState: .unchanged)
        }
        return id
    }

    /// The key id in the path.
    /// - Throws: `Problem` `not_found` when it cannot be one.
    func keyID() throws(Problem) -> Identifier {
        guard let id = names["id"].flatMap({ Identifier($0, kind: .key) }) else { throw KeyRing.notFound }
        return id
    }

    /// The body, which must be one JSON object.
    /// - Throws: `Problem` `unsupported_media_type`, `body_too_large` or `malformed_request`.
    func object() async throws(Problem) -> JSON {
        guard request.headers.announcesJSON else { throw .notJSON }
        return try Self.object(in: try await bytes())
    }

    /// The body, which must be one JSON object or nothing at all.
    /// - Throws: `Problem` `unsupported_media_type`, `body_too_large` or `malformed_request`.
    func objectOrNothing() async throws(Problem) -> JSON {
        let bytes = try await bytes()
        if bytes.readableBytes == 0 { return .object([]) }
        guard request.headers.announcesJSON else { throw .notJSON }
        return try Self.object(in: bytes)
    }

    private func bytes() async throws(Problem) -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: Self.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw Problem(.bodyTooLarge, "a body has at most \(Self.bodyLimit) bytes", moneyState: .unchanged)
        } catch {
            throw Problem(.malformedRequest, "the body did not arrive whole", moneyState: .unchanged)
        }
    }

    private static func object(in bytes: ByteBuffer) throws(Problem) -> JSON {
        let json: JSON
        do {
            json = try JSON(parsing: bytes.readableBytesView)
        } catch {
            throw Problem(.malformedRequest, "the body is not JSON: \(error.description)", moneyState: .unchanged)
        }
        guard json.object != nil else {
            throw Problem(.malformedRequest, "the body must be one JSON object", moneyState: .unchanged)
        }
        return json
    }
}

extension String {
    /// Whether it can be an id that a vendor gave: 1 to 128 letters, digits and `_ - . :`, of which it begins with one of
    /// the first two kinds. It becomes a step of a path at the vendor, so nothing else may.
    var isVendorID: Bool {
        let isPlain = { (byte: UInt8) in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        return (1...128).contains(utf8.count) && utf8.first.map(isPlain) == true
            && utf8.allSatisfy { isPlain($0) || "_-.:".utf8.contains($0) }
    }
}

extension HTTPFields {
    /// Whether the body is announced as plain JSON in UTF-8, by exactly one `Content-Type` and no content coding.
    fileprivate var announcesJSON: Bool {
        guard !contains(.contentEncoding), let value = only(.contentType) else { return false }
        let parts = value.split(separator: ";", omittingEmptySubsequences: false).map(\.withoutBlanks)
        guard parts.first?.lowercased() == MediaType.json.rawValue else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            ["charset=utf-8", "charset=\"utf-8\""].contains(parameter.lowercased())
        }
    }
}

extension Problem {
    fileprivate static let notJSON = Problem(
        .unsupportedMediaType, "send the body as application/json in UTF-8, without a content coding",
        moneyState: .unchanged)
}

import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// A whole answer: status, header fields, body.
struct SandboxAnswer: Sendable, Hashable {
    /// What the body holds.
    enum Body: Sendable, Hashable {
        case json(SandboxJSON)
        case text(String, type: String)
        /// JSON, and blanks after it up to a size: well-formed, and far too much.
        case padded(SandboxJSON, size: Int)
    }

    var status: Int
    var headers: HTTPFields = [:]
    var body: Body
    /// The vendor's own code for its refusal, for the books.
    var refusal: String?

    /// An answer in JSON.
    static func json(_ json: SandboxJSON, status: Int = 200, refusal: String? = nil) -> SandboxAnswer {
        SandboxAnswer(status: status, body: .json(json), refusal: refusal)
    }

    /// An answer in text of some media type.
    static func text(_ text: String, type: String, status: Int = 200) -> SandboxAnswer {
        SandboxAnswer(status: status, body: .text(text, type: type))
    }

    /// The JSON of a JSON body.
    var json: SandboxJSON? {
        switch body {
        case .json(let json), .padded(let json, _): json
        case .text: nil
        }
    }
}

extension SandboxAnswer {
    /// The answer for Hummingbird to send.
    var response: Response {
        var headers = headers
        if headers[.contentType] == nil, self.status != 204 { headers[.contentType] = contentType }
        let status = HTTPResponse.Status(code: status)
        guard case .padded(let json, let size) = body else {
            return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bodyBytes)))
        }
        return Response(status: status, headers: headers, body: Self.padded(json.bytes, to: size))
    }

    /// The head as it stands on the wire.
    var wireHead: [UInt8] {
        var lines = ["HTTP/1.1 \(status) \(Self.reasonPhrase(of: status))"]
        lines += headers.map { "\($0.name.rawName): \($0.value)" }
        if headers[.contentType] == nil, status != 204 { lines.append("content-type: \(contentType)") }
        if status != 204 { lines.append("content-length: \(bodyBytes.count)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// The words that go with a status.
    static func reasonPhrase(of status: Int) -> String {
        HTTPResponseStatus(statusCode: status).reasonPhrase
    }

    /// The body as it stands on the wire, without padding.
    var bodyBytes: [UInt8] {
        switch body {
        case .json(let json), .padded(let json, _): json.bytes
        case .text(let text, _): Array(text.utf8)
        }
    }

    private var contentType: String {
        if case .text(_, let type) = body { type } else { "application/json" }
    }

    private static func padded(_ start: [UInt8], to size: Int) -> ResponseBody {
        let size = max(size, start.count)
        return ResponseBody(contentLength: size) { writer in
            try await writer.write(ByteBuffer(bytes: start))
            let blanks = ByteBuffer(repeating: UInt8(ascii: " "), count: 65_536)
            var left = size - start.count
            while left > 0 {
                let piece = blanks.getSlice(at: 0, length: min(left, blanks.readableBytes)) ?? blanks
                try await writer.write(piece)
                left -= piece.readableBytes
            }
            try await writer.finish(nil)
        }
    }
}

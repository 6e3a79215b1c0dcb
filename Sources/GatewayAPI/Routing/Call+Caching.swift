import Crypto
import HTTPTypes
import Hummingbird
import NIOCore

extension Call {
    /// A `200` with an `ETag`, or a `304` when the caller has these very bytes already.
    func tagged(_ bytes: [UInt8], as media: MediaType, cacheControl: String) -> Response {
        tagged(
            ByteBuffer(bytes: bytes), tag: Self.entityTag(of: bytes), as: media, headers: [.cacheControl: cacheControl])
    }

    /// A `200` with an `ETag`, or a `304` when the caller has the bytes of this tag already.
    func tagged(_ bytes: ByteBuffer, tag: String, as media: MediaType, headers: HTTPFields) -> Response {
        var headers = headers
        headers[.eTag] = tag
        if has(tag) {
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        headers[.contentType] = media.contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    /// The strong entity tag of some bytes, in its quotes.
    static func entityTag(of bytes: [UInt8]) -> String {
        let digest = SHA256.hash(data: bytes).prefix(12).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return "\"\(digest.joined())\""
    }

    /// Whether `If-None-Match` names a tag; weak tags count, since only reads are compared.
    private func has(_ tag: String) -> Bool {
        request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }.contains { candidate in
            let candidate = candidate.withoutBlanks
            return candidate == "*" || candidate == tag || candidate == "W/" + tag
        }
    }
}

import Crypto
import HTTPTypes
import Hummingbird

extension Call {
    /// A `200` with an `ETag`, or a `304` when the caller has these very bytes already.
    func tagged(_ bytes: [UInt8], as media: MediaType, cacheControl: String) -> Response {
        let digest = SHA256.hash(data: bytes).prefix(12).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        let tag = "\"\(digest.joined())\""
        let headers: HTTPFields = [.eTag: tag, .cacheControl: cacheControl]
        guard has(tag) else { return Response(.ok, bytes, as: media, headers: headers) }
        var response = Response(status: .notModified, headers: headers)
        response.headers[.contentLength] = nil
        return response
    }

    /// Whether `If-None-Match` names a tag; weak tags count, since only reads are compared.
    private func has(_ tag: String) -> Bool {
        request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }.contains { candidate in
            let candidate = candidate.withoutBlanks
            return candidate == "*" || candidate == tag || candidate == "W/" + tag
        }
    }
}

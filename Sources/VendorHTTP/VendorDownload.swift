import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What came of a call whose answer is read piece by piece.
public enum VendorDownload: Sendable {
    /// A good answer has begun: its head, without a body, and the body to be read.
    case body(VendorAnswer, VendorBody)
    /// An answer with another status than 2xx, whole, or why there is none.
    case reply(VendorReply)
}

extension VendorHTTPClient {
    /// 64 MiB: how many bytes a download may have.
    public static let downloadLimit = 64 * 1024 * 1024

    /// Makes a read whose answer is taken piece by piece, with the rules of every other call: one attempt, no redirect,
    /// nothing decompressed, and no failure that carries a URL.
    ///
    /// The request's deadline is that of the head, and then of each wait for the vendor's next piece; time in which
    /// nobody asks for one does not count against it. A body that breaks off, or that does not say where it ends, is a
    /// failure.
    /// - Parameter longest: how long the body may take in all, callers that read slowly included.
    public func download(_ request: VendorRequest, longest: Duration) async -> VendorDownload {
        await withTaskGroup(of: VendorDownload?.self) { group in
            group.addTask { await self.begin(request, longest: longest) }
            group.addTask { await Self.silence(for: request.deadline) }
            let first = await group.next()
            group.cancelAll()
            if case .some(.some(let download)) = first { return download }
            return .reply(.failed(.lost(Task.isCancelled ? .canceled : .deadline)))
        }
    }

    private func begin(_ request: VendorRequest, longest: Duration) async -> VendorDownload {
        do {
            let response = try await http.execute(
                httpRequest(request, WatchedBody([])), deadline: .now() + TimeAmount(request.deadline) + .seconds(5))
            guard (200..<300).contains(response.status.code) else {
                let body = try await response.body.collect(upTo: VendorRequest.usualBodyLimit)
                return .reply(
                    .answer(
                        VendorAnswer(response, wanting: request.wantedHeaders, body: Array(body.readableBytesView))))
            }
            guard response.saysItsEnd else { return .reply(.failed(.lost(.unframedBody))) }
            let body = VendorBody(response.body, limit: request.bodyLimit, idle: request.deadline, longest: longest)
            return .body(VendorAnswer(response, wanting: request.wantedHeaders, body: []), body)
        } catch {
            // Without a body there is nothing that could have been asked for: the error speaks for itself, as of every read.
            return .reply(.failed(TransportFailure(error, provesNothingLeft: true)))
        }
    }
}

extension HTTPClientResponse {
    /// Whether the head says where the body ends; else it ends with the connection, however that came to its end.
    fileprivate var saysItsEnd: Bool {
        headers.contains(name: "Content-Length")
            || headers[canonicalForm: "Transfer-Encoding"].last?.lowercased() == "chunked"
    }
}

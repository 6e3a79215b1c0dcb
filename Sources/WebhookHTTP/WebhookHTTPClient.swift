import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
public import Purchasing

/// Sends events to receivers, and to nobody else.
///
/// A host is looked up once for each attempt, every address that it has is judged, and the connection goes to the first of
/// those very addresses, with the URL's name in `Host` and TLS: what the name leads to a moment later does not matter. No
/// redirect is followed, of the answer's body 4 KiB are read at most, and nothing of ours is in the header but what the
/// specification asks for.
public final class WebhookHTTPClient: WebhookCourier {
    /// How much of an answer's body is read, so that its connection can be used again; more ends it.
    static let readBytes = 4096
    /// How long that may take.
    private static let readTime = Duration.seconds(1)

    private let hosts: WebhookHosts
    private let timeout: Duration
    private let resolve: HostResolver.Resolve
    private let now: @Sendable () -> Date
    private let shelf: ClientShelf

    /// - Parameters:
    ///   - hosts: where events may be sent.
    ///   - timeout: how long an attempt may take, from looking up the host to the head of the answer. Default: 5 s.
    ///   - now: the time, for a `Retry-After` that is a date.
    public init(
        hosts: WebhookHosts, timeout: Duration = .seconds(5),
        resolve: @escaping HostResolver.Resolve = HostResolver.system,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.hosts = hosts
        self.timeout = timeout
        self.resolve = resolve
        self.now = now
        shelf = ClientShelf(timeout: timeout)
    }

    /// Closes the connections; to be called once, when nothing is sent any more.
    public func close() async { await shelf.close() }

    /// A status that has arrived is the answer, whatever becomes of the body.
    public func send(_ request: WebhookRequest) async -> WebhookReply {
        let (replies, replied) = AsyncStream.makeStream(of: WebhookReply.self, bufferingPolicy: .bufferingOldest(1))
        let work = Task { await self.exchange(request, replied) }
        let clock = Task { [timeout] in await Self.giveUp(after: timeout, replied) }
        defer { clock.cancel() }
        for await reply in replies {
            if reply.status == nil { work.cancel() }
            return reply
        }
        work.cancel()
        return .failed(.timedOut)
    }

    private static func giveUp(after timeout: Duration, _ replied: AsyncStream<WebhookReply>.Continuation) async {
        do { try await ContinuousClock().sleep(for: timeout) } catch { return }
        replied.yield(.failed(.timedOut))
    }

    private func exchange(_ request: WebhookRequest, _ replied: AsyncStream<WebhookReply>.Continuation) async {
        let key: ClientShelf.Key
        do { key = try await destination(of: request.url) } catch {
            replied.yield(.failed(error))
            return
        }
        let client = await shelf.take(key)
        do {
            let response = try await client.execute(Self.http(request), deadline: .now() + .hours(1))
            replied.yield(.answered(status: Int(response.status.code), retryAfter: retryAfter(response.headers)))
            await Self.readSome(of: response.body)
        } catch {
            replied.yield(.failed(WebhookFailure(error)))
        }
        shelf.giveBack(key)
    }

    /// The host, and the one address of it to connect to.
    private func destination(of url: WebhookURL) async throws(WebhookFailure) -> ClientShelf.Key {
        guard hosts.objection(to: url) == nil else { throw .hostNotAllowed }
        let addresses: [NetworkAddress] =
            switch url.host {
            case .address(let address): [address]
            case .name(let name): try await resolve(name)
            }
        guard let first = addresses.first else { throw .nameNotResolved }
        guard addresses.allSatisfy({ hosts.allows($0, of: url.host) }) else { throw .addressNotAllowed }
        return ClientShelf.Key(host: url.hostText, address: first.text)
    }

    private static func http(_ request: WebhookRequest) -> HTTPClientRequest {
        let url = request.url
        let scheme = url.isEncrypted ? "https" : "http"
        // Written anew from its parts, so that the host is found under the very text under which its address stands.
        var http = HTTPClientRequest(url: "\(scheme)://\(url.host):\(url.port)\(url.target)")
        http.method = .POST
        let isUsual = url.port == (url.isEncrypted ? 443 : 80)
        http.headers = [
            "host": url.host.description + (isUsual ? "" : ":\(url.port)"), "content-type": "application/json",
            "webhook-id": request.id, "webhook-timestamp": request.timestamp, "webhook-signature": request.signature,
        ]
        http.body = .bytes(request.body, length: .known(Int64(request.body.count)))
        return http
    }

    private static func readSome(of body: HTTPClientResponse.Body) async {
        let reading = Task { await read(body) }
        let clock = Task {
            do { try await ContinuousClock().sleep(for: readTime) } catch { return }
            reading.cancel()
        }
        await reading.value
        clock.cancel()
    }

    private static func read(_ body: HTTPClientResponse.Body) async {
        var count = 0
        do {
            for try await piece in body {
                count += piece.readableBytes
                if count > readBytes { return }
            }
        } catch { return }
    }

    private func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        guard let text = headers.first(name: "retry-after") else { return nil }
        if (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) {
            return Int(text).map { .seconds($0) }
        }
        let date = Date(httpDate: text).map { $0.timeIntervalSince(now()) }
        return date.map { .seconds(Int(min(max($0, 0), 1e9).rounded(.up))) }
    }
}

extension WebhookURL {
    /// The host as the HTTP client has it: an IPv6 address without its brackets.
    fileprivate var hostText: String {
        switch host {
        case .name(let name): name
        case .address(let address): address.text
        }
    }
}

extension Date {
    /// Reads the preferred HTTP date (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
    fileprivate init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2, parts[3].count == 4,
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}

extension WebhookFailure {
    /// What an error of the HTTP client, or of what stands below it, means here.
    fileprivate init(_ error: any Error) {
        switch error {
        case is NIOConnectionError, ChannelError.connectTimeout, is SocketAddressError: self = .notConnected
        case let error as IOError:
            let codes = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, ETIMEDOUT]
            self = codes.contains(error.errnoCode) ? .notConnected : .noAnswer
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout: self = .notConnected
            case .tlsHandshakeTimeout: self = .tlsFailed
            case .deadlineExceeded, .readTimeout, .writeTimeout, .cancelled: self = .timedOut
            default: self = .noAnswer
            }
        default:
            // The TLS library is not imported here: it only ever is seen to fail.
            self = String(reflecting: type(of: error)).hasPrefix("NIOSSL.") ? .tlsFailed : .noAnswer
        }
    }
}

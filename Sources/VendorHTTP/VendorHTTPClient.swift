import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Purchasing

/// The way to one vendor account. It makes exactly one attempt at each call and says what a failure proves.
///
/// What the HTTP client would do by itself and a purchase cannot bear is off: it follows no redirect (a 307 would send
/// the order again), traces nothing (spans carry the URL, and with it a key), decompresses nothing and speaks HTTP/1.1
/// only; its own deadline ends at the head of an answer, so the deadline here stands around the whole call.
///
/// A purchase that may have left is not cut off at its deadline: whoever waits is told that the outcome is unknown, and the
/// call goes on for as long again, since an answer that comes late is the best evidence there is.
public final class VendorHTTPClient: Sendable {
    /// Hides this account's key in a vendor's text.
    public let redaction: Redaction

    private let address: VendorAddress
    private let credential: VendorCredential
    private let callID: @Sendable () -> UInt64
    let http: HTTPClient

    /// - Parameters:
    ///   - connections: how many connections may be open at once; waiting for a free one is `notSent`.
    ///   - usesConnectionsOnce: whether each call gets a fresh connection, so that a connection which the vendor closes
    ///     while it idles can never make an outcome unknown. For vendors that cannot be asked twice.
    ///   - caFile: the path of a PEM file with authorities that are trusted besides the system's; nil for none.
    ///   - callID: tells a call from others of its trace; never 0.
    /// - Throws: `InvalidVendorSettings` when the key cannot be sent as it is, or the authorities cannot be read.
    public init(
        address: VendorAddress, credential: VendorCredential, connectTimeout: Duration = .seconds(3), connections: Int,
        usesConnectionsOnce: Bool = false, caFile: String? = nil,
        callID: @escaping @Sendable () -> UInt64 = { .random(in: 1 ... .max) }
    ) throws(InvalidVendorSettings) {
        try credential.check()
        self.address = address
        self.credential = credential
        self.callID = callID
        redaction = Redaction(hiding: credential.secret)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connectTimeout)),
            connectionPool: .init(
                idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, connections)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        if let caFile { configuration.tlsConfiguration = try TrustedAuthorities(file: caFile).configuration }
        configuration.tracing.tracer = nil
        configuration.maximumUsesPerConnection = usesConnectionsOnce ? 1 : nil
        // The flow decides whether a vendor that cannot be reached is tried again, not the pool.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Makes the call, once.
    /// - Parameter late: called at most once, and only for a purchase whose reply was `.lost(.deadline)`: with the whole
    ///   answer that came before the deadline had passed a second time. An answer that comes later still, or that breaks,
    ///   is dropped.
    public func send(
        _ request: VendorRequest, late: @escaping @Sendable (VendorAnswer) async -> Void = { _ in }
    ) async -> VendorReply {
        switch request.purpose {
        case .read: await race(request)
        case .purchase:
            await withCheckedContinuation { caller in
                Task { await self.buy(request, telling: caller, late: late) }
            }
        }
    }

    /// Closes the connections; calls in flight, and answers that are late, are lost. To be called once, when the last call
    /// has ended.
    public func close() async {
        do { try await http.shutdown() } catch {
            // It was closed before; there is nothing left to close.
        }
    }

    /// A read against its deadline.
    private func race(_ request: VendorRequest) async -> VendorReply {
        let body = WatchedBody(request.bytes)
        return await withTaskGroup(of: VendorReply?.self) { group in
            group.addTask { await self.exchange(request, body, limit: request.deadline) }
            group.addTask { await Self.silence(for: request.deadline) }
            if case .some(.some(let reply)) = await group.next() {
                group.cancelAll()
                return reply
            }
            return await cutOff(request, body, Task.isCancelled ? .canceled : .deadline, &group)
        }
    }

    /// A purchase against its deadline, and what may have left against the same time again.
    private func buy(
        _ request: VendorRequest, telling caller: CheckedContinuation<VendorReply, Never>,
        late: @escaping @Sendable (VendorAnswer) async -> Void
    ) async {
        let body = WatchedBody(request.bytes)
        await withTaskGroup(of: VendorReply?.self) { group in
            group.addTask { await self.exchange(request, body, limit: request.deadline * 2) }
            group.addTask { await Self.silence(for: request.deadline) }
            if case .some(.some(let reply)) = await group.next() {
                group.cancelAll()
                return caller.resume(returning: reply)
            }
            if request.provesByBody, body.withhold() {
                return caller.resume(returning: await cutOff(request, body, .deadline, &group))
            }
            caller.resume(returning: .failed(.lost(.deadline)))
            group.addTask { await Self.silence(for: request.deadline) }
            if case .some(.some(.answer(let answer))) = await group.next() { await late(answer) }
            group.cancelAll()
        }
    }

    /// Ends a call that has had its time.
    private func cutOff(
        _ request: VendorRequest, _ body: WatchedBody, _ loss: TransportFailure.Loss,
        _ group: inout TaskGroup<VendorReply?>
    ) async -> VendorReply {
        let isUnasked = body.withhold()
        group.cancelAll()
        // An answer that came at the last moment is an answer.
        if case .some(.some(.answer(let answer))) = await group.next() { return .answer(answer) }
        return .failed(isUnasked && request.provesByBody ? .notSent(.noConnectionInTime) : .lost(loss))
    }

    /// No reply, after a while.
    static func silence<Reply>(for duration: Duration) async -> Reply? {
        do { try await ContinuousClock().sleep(for: duration) } catch { return nil }
        return nil
    }

    private func exchange(_ request: VendorRequest, _ body: WatchedBody, limit: Duration) async -> VendorReply {
        do {
            let response = try await http.execute(
                httpRequest(request, body), deadline: .now() + TimeAmount(limit) + .seconds(5))
            let content = try await response.body.collect(upTo: request.bodyLimit)
            return .answer(
                VendorAnswer(response, wanting: request.wantedHeaders, body: Array(content.readableBytesView)))
        } catch {
            let isUnasked = body.withhold()
            switch request.purpose {
            case .purchase where !request.provesByBody: return .failed(TransportFailure(ofBodiless: error))
            case .purchase, .read:
                return .failed(TransportFailure(error, provesNothingLeft: isUnasked || !request.provesByBody))
            }
        }
    }

    func httpRequest(_ request: VendorRequest, _ body: WatchedBody) -> HTTPClientRequest {
        var http = HTTPClientRequest(url: url(of: request))
        http.headers.add(name: "Accept", value: request.accept.rawValue)
        http.headers.add(name: "User-Agent", value: "purser")
        if case .bearer(let secret) = credential {
            http.headers.add(name: "Authorization", value: "Bearer \(secret.revealed)")
        }
        if let key = request.idempotencyKey { http.headers.add(name: "Idempotency-Key", value: key) }
        if let trace = (request.traceparent ?? CallTrace.traceparent).flatMap({ PassedTrace($0, parent: callID()) }) {
            http.headers.add(name: "traceparent", value: trace.text)
        }
        switch request.action {
        case .get: break
        case .delete: http.method = .DELETE
        case .post:
            http.method = .POST
            http.headers.add(name: "Content-Type", value: "application/json")
            http.body = .stream(body, length: .known(Int64(body.bytes.count)))
        }
        return http
    }

    private func url(of request: VendorRequest) -> String {
        let path = request.path.map { component in
            switch (component.content, credential) {
            case (.text(let text), _): "/" + text
            case (.credential, .pathSegment(let secret)): "/" + secret.revealed
            case (.credential, .bearer): ""
            }
        }
        let query = request.query.map { $0.name + "=" + $0.value.percentEncoded }.joined(separator: "&")
        return address.text + path.joined() + (query.isEmpty ? "" : "?" + query)
    }
}

extension VendorRequest {
    fileprivate var bytes: [UInt8] {
        switch action {
        case .get, .delete: []
        case .post(let bytes): bytes
        }
    }

    /// Whether a body that was never asked for shows that the request did nothing. Without a body there is nothing to
    /// watch: the HTTP client sends the whole request at once, and asks for no body of no bytes.
    fileprivate var provesByBody: Bool { !bytes.isEmpty }
}

extension VendorAnswer {
    /// What a response says, of its headers only those that are wanted.
    init(_ response: HTTPClientResponse, wanting names: Set<String>, body: [UInt8]) {
        var headers: [String: String] = [:]
        for name in names {
            let values = response.headers[name]
            if !values.isEmpty { headers[name] = values.joined(separator: ", ") }
        }
        self.init(status: Int(response.status.code), headers: headers, body: body)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
    }
}

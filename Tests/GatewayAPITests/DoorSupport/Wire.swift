import NIOCore
import NIOPosix

/// A caller that says exactly what it is told to, byte for byte.
final class Wire {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ""
    /// Whether the server ended the connection otherwise than in peace.
    private(set) var wasReset = false

    private init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Opens a connection for as long as `body` runs.
    static func open<Answer: Sendable>(
        _ server: DoorServer, _ body: (Wire) async throws -> Answer
    ) async throws -> Answer { try await self.open(at: server.address, body) }

    /// Opens a connection to an address for as long as `body` runs.
    static func open<Answer: Sendable>(
        at address: SocketAddress, _ body: (Wire) async throws -> Answer
    ) async throws -> Answer {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(
                            isOutboundHalfClosureEnabled: true, inboundType: ByteBuffer.self,
                            outboundType: ByteBuffer.self))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(Wire(inbound, outbound))
        }
    }

    func send(_ text: String) async throws {
        try await self.outbound.write(ByteBuffer(string: text))
    }

    func send(bytes: [UInt8]) async throws {
        try await self.outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Sends as much of an endless text as the server lets it.
    func sendUntilRefused(_ text: String) async {
        let piece = ByteBuffer(string: text)
        do {
            while true { try await self.outbound.write(piece) }
        } catch {}
    }

    /// Sends a text again and again, at a pace, until the server answers or closes.
    func trickle(_ text: String, pace: @escaping @Sendable () async throws -> Void) async {
        let piece = ByteBuffer(string: text)
        let outbound = self.outbound
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    while !Task.isCancelled {
                        try await outbound.write(piece)
                        try await pace()
                    }
                } catch {}
            }
            _ = await self.receive()
            group.cancelAll()
        }
    }

    /// Closes this side; the other may go on.
    func finish() {
        self.outbound.finish()
    }

    /// Everything that is still to come until the server closes. A reset counts as a close.
    func rest() async -> String {
        while await self.receive() {}
        defer { self.received = "" }
        return self.received
    }

    /// Everything that has come up to a text, and what came with it.
    /// - Throws: `EndedTooSoon` when the server closes before that.
    func read(until text: String) async throws -> String {
        while !self.received.contains(text) {
            guard await self.receive() else { throw EndedTooSoon(received: self.received) }
        }
        defer { self.received = "" }
        return self.received
    }

    struct EndedTooSoon: Error {
        let received: String
    }

    /// Whether the server closes without another byte.
    func isClosedInSilence() async -> Bool {
        await self.rest().isEmpty
    }

    /// The next answer, or nil if the server closes before there is a whole one.
    ///
    /// - Parameter isHead: Whether it answers a `HEAD`, so that no body follows.
    func answer(isHead: Bool = false) async -> WireAnswer? {
        while true {
            if let (answer, rest) = WireAnswer.parse(self.received, isHead: isHead) {
                self.received = rest
                return answer
            }
            guard await self.receive() else { return nil }
        }
    }

    /// Waits for more; false when the server has closed.
    @discardableResult
    func receive() async -> Bool {
        do {
            guard let bytes = try await self.inbound.next(isolation: #isolation) else { return false }
            self.received += String(buffer: bytes)
            return true
        } catch {
            self.wasReset = true
            return false
        }
    }
}

/// One answer as it came over the wire.
struct WireAnswer: Sendable {
    let status: Int
    let head: String
    let body: String

    /// The values of a field, in order.
    func values(_ name: String) -> [String] {
        self.head.split(separator: "\r\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { return nil }
            return parts[1].trimmingPrefix { $0 == " " }.description
        }
    }

    /// A member of the body, which must be a flat JSON object of text and numbers.
    func member(_ name: String) -> String? {
        guard let start = self.body.firstRange(of: "\"\(name)\":")?.upperBound else { return nil }
        let rest = self.body[start...]
        guard rest.first == "\"" else { return String(rest.prefix { $0.isNumber }) }
        return String(rest.dropFirst().prefix { $0 != "\"" })
    }

    var code: String? { self.member("code") }

    /// The first whole answer in the text, and what follows it.
    static func parse(_ text: String, isHead: Bool) -> (WireAnswer, String)? {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<end.lowerBound])
        guard let status = Int(head.dropFirst(9).prefix(3)) else { return nil }
        let bare = WireAnswer(status: status, head: head, body: "")
        let rest = text[end.upperBound...]
        if isHead || status < 200 { return (bare, String(rest)) }
        if bare.values("Transfer-Encoding") == ["chunked"] { return self.parseChunks(rest, bare) }
        let count = bare.values("Content-Length").first.flatMap { Int($0) } ?? 0
        guard rest.utf8.count >= count else { return nil }
        let body = String(decoding: rest.utf8.prefix(count), as: UTF8.self)
        let next = String(decoding: rest.utf8.dropFirst(count), as: UTF8.self)
        return (WireAnswer(status: status, head: head, body: body), next)
    }

    private static func parseChunks(_ text: Substring, _ bare: WireAnswer) -> (WireAnswer, String)? {
        var body = ""
        var rest = text
        while let line = rest.firstRange(of: "\r\n") {
            guard let count = Int(rest[..<line.lowerBound], radix: 16) else { return nil }
            rest = rest[line.upperBound...]
            guard rest.utf8.count >= count + 2 else { return nil }
            body += rest.prefix(count)
            rest = rest.dropFirst(count)
            guard rest.hasPrefix("\r\n") else { return nil }
            rest = rest.dropFirst(1)
            if count == 0 { return (WireAnswer(status: bare.status, head: bare.head, body: body), String(rest)) }
        }
        return nil
    }
}

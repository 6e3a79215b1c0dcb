import NIOCore
import NIOHTTP1
import NIOPosix
import VendorSandbox

/// One TCP connection on which a request is sent and every byte of the answer is seen.
struct RawConnection {
    /// How the connection ended.
    enum End: Hashable {
        case closed
        case reset
    }

    let bytes: String
    let end: End

    /// Sends a request and reads until the server ends the connection.
    static func exchange(port: Int, _ request: String) async throws -> RawConnection {
        try await holding(port: port, request) {}
    }

    /// Sends text while something else is done, and gives what came back when the server has ended the connection.
    static func holding(port: Int, _ text: String, while act: () async throws -> Void) async throws -> RawConnection {
        let channel = try await connect(port)
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            try await act()
            return await read(inbound)
        }
    }

    /// Sends a request and leaves.
    static func sendAndLeave(port: Int, _ request: String) async throws {
        let channel = try await connect(port)
        try await channel.executeThenClose { _, outbound in
            try await outbound.write(ByteBuffer(string: request))
        }
    }

    private static func read(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async -> RawConnection {
        var bytes = ByteBuffer()
        do {
            for try await piece in inbound { bytes.writeImmutableBuffer(piece) }
            return RawConnection(bytes: String(buffer: bytes), end: .closed)
        } catch {
            return RawConnection(bytes: String(buffer: bytes), end: .reset)
        }
    }

    private static func connect(_ port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    }
}

extension SandboxFixture {
    /// `POST /v1/orders` as it stands on the wire.
    func heloDataOrderText(_ body: SandboxJSON, key: String = "k") -> String {
        let text = body.description
        return """
            POST /v1/orders HTTP/1.1\r
            host: 127.0.0.1\r
            authorization: Bearer \(vendors.heloDataSettings.token)\r
            idempotency-key: \(key)\r
            content-length: \(text.utf8.count)\r
            \r
            \(text)
            """
    }

    /// Polls the books until an entry is there; for what happens on the server only.
    func entry(_ vendor: SandboxVendor, where fits: (SandboxEntry) -> Bool) async -> SandboxEntry? {
        for _ in 0..<2000 {
            if let entry = vendor.books.entries.first(where: fits) { return entry }
            await Task.yield()
            _ = try? await control(.GET, "faults")
        }
        return nil
    }
}

import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// A port on loopback that speaks TLS with a certificate of a test's choice, and leads to a server that speaks none.
final class TLSFront: Sendable {
    /// What one side says to the other.
    private typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    let port: Int
    private let target: Int
    private let received = Mutex(0)

    private init(port: Int, target: Int) { (self.port, self.target) = (port, target) }

    /// How many bytes came through it, once TLS stood.
    var bytesReceived: Int { received.withLock { $0 } }

    /// Serves for the length of a closure.
    /// - Parameter target: the port on loopback that it leads to.
    static func run(
        _ certificate: Authority.Certificate, target: Int, _ body: (TLSFront) async throws -> Void
    ) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.file).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem)))
        configuration.applicationProtocols = ["http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    return try Bytes(wrappingChannelSynchronously: channel)
                }
            }
        let front = TLSFront(port: try #require(server.channel.localAddress?.port), target: target)
        try await withThrowingTaskGroup { group in
            group.addTask { try await front.listen(server) }
            try await body(front)
            group.cancelAll()
        }
    }

    private func listen(_ server: NIOAsyncChannel<Bytes, Never>) async throws {
        try await server.executeThenClose { callers in
            try await withThrowingDiscardingTaskGroup { group in
                for try await caller in callers { group.addTask { await self.connect(caller) } }
            }
        }
    }

    private func connect(_ caller: Bytes) async {
        do {
            let target = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: target) { channel in
                    channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
                }
            try await caller.executeThenClose { asked, answering in
                try await target.executeThenClose { answered, asking in
                    try await withThrowingTaskGroup { group in
                        group.addTask {
                            for try await bytes in asked {
                                self.received.withLock { $0 += bytes.readableBytes }
                                try await asking.write(bytes)
                            }
                        }
                        group.addTask { for try await bytes in answered { try await answering.write(bytes) } }
                        try await group.next()
                        group.cancelAll()
                    }
                }
            }
        } catch {
            // A caller that does not like the certificate hangs up; how much came through is what counts.
        }
    }
}

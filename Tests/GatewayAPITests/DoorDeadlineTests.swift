import GatewayAPI
import NIOCore
import NIOPosix
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door deadlines` {
    @Test(
        arguments: [
            "G", "GET /ping HTTP/1.1\r\nHost:", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
        ])
    func `cut a request that does not go on`(beginning: String) async throws {
        try await DoorServer.run(.test { $0.requestDeadline = .milliseconds(200) }) { server in
            try await Wire.open(server) { wire in
                try await wire.send(beginning)
                let answer = try #require(await wire.answer())
                #expect(answer.status == 408)
                #expect(answer.code == "request_timeout")
                #expect(answer.member("retry_action") == "same_key")
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test(
        arguments: [
            "GET /ping HTTP/1.1\r\nHost: ", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n",
        ])
    func `cut a request that goes on byte by byte`(beginning: String) async throws {
        try await DoorServer.run(.test { $0.requestDeadline = .milliseconds(200) }) { server in
            try await Wire.open(server) { wire in
                try await wire.send(beginning)
                await wire.trickle("x") { try await server.ping() }
                #expect(await wire.answer()?.status == 408)
            }
        }
    }

    @Test
    func `end with the request, not with its answer`() async throws {
        try await DoorServer.run(.test { $0.requestDeadline = .milliseconds(50) }) { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                // A second connection runs into its deadline meanwhile.
                try await Wire.open(server) { other in
                    try await other.send("G")
                    #expect(await other.answer()?.status == 408)
                }
                await server.signals.give("slow may end")
                #expect(await wire.answer()?.body == "slow")
            }
        }
    }

    @Test(arguments: ["", "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"])
    func `close a connection that waits for nothing in silence`(before: String) async throws {
        try await DoorServer.run(.test { $0.idleTimeout = .milliseconds(500) }) { server in
            try await Wire.open(server) { wire in
                if !before.isEmpty {
                    try await wire.send(before)
                    #expect(await wire.answer()?.body == "pong")
                }
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `cut an answer that nobody reads`() async throws {
        try await DoorServer.run(.test { $0.writeTimeout = .milliseconds(200) }) { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n")
                await server.signals.wait(for: "flood was cut")
            }
        }
    }

    @Test
    func `leave a good caller its place among a thousand idle ones`() async throws {
        try await DoorServer.run(.test { $0.idleTimeout = .milliseconds(700) }) { server in
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            let idle = (1...1000).map { _ in bootstrap.connect(to: server.address) }
            try await Wire.open(server) { wire in
                for _ in 1...20 {
                    try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(await wire.answer()?.body == "pong")
                }
            }
            for connection in idle { try? await connection.get().close() }
        }
    }

    @Test
    func `free the place of an idle connection for one that waits`() async throws {
        let settings = DoorSettings.test {
            $0.idleTimeout = .milliseconds(500)
            $0.maxConnections = 1
        }
        try await DoorServer.run(settings) { server in
            try await Wire.open(server) { idle in
                try await idle.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await idle.answer()?.body == "pong")
                try await Wire.open(server) { waiting in
                    try await waiting.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(await waiting.answer()?.body == "pong")
                    #expect(await idle.isClosedInSilence())
                }
            }
        }
    }
}

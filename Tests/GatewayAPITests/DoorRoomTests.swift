import GatewayAPI
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door whose places are all taken` {
    private static let ping = "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Idle connections would stay for longer than the test may take.
    private static func settings(_ count: Int) -> DoorSettings {
        .test {
            $0.idleTimeout = .seconds(3600)
            $0.requestDeadline = .seconds(3600)
            $0.idleGrace = .milliseconds(100)
            $0.maxConnections = count
        }
    }

    /// Opens as many connections as there are places, none of which says anything.
    private static func hoard(
        _ server: DoorServer, _ count: Int, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body() }
        try await Wire.open(server) { _ in try await hoard(server, count - 1, body) }
    }

    @Test
    func `lets callers in although connections that say nothing hold every one`() async throws {
        try await DoorServer.run(Self.settings(4)) { server in
            try await Self.hoard(server, 8) {
                for _ in 1...4 {
                    try await Wire.open(server) { wire in
                        try await wire.send(Self.ping)
                        #expect(await wire.answer()?.body == "pong")
                    }
                }
            }
        }
    }

    @Test
    func `closes the one that has waited longest, and in silence`() async throws {
        try await DoorServer.run(Self.settings(3)) { server in
            try await Wire.open(server) { first in
                try await first.send(Self.ping)
                #expect(await first.answer()?.body == "pong")
                try await Wire.open(server) { second in
                    try await second.send(Self.ping)
                    #expect(await second.answer()?.body == "pong")
                    // The first has waited less than the second now.
                    try await first.send(Self.ping)
                    #expect(await first.answer()?.body == "pong")
                    try await Wire.open(server) { third in
                        #expect(await second.isClosedInSilence())
                        for wire in [first, third] {
                            try await wire.send(Self.ping)
                            #expect(await wire.answer()?.body == "pong")
                        }
                    }
                }
            }
        }
    }

    @Test
    func `closes none that has a request in progress, and lets the next in when one has ended`() async throws {
        try await DoorServer.run(Self.settings(2)) { server in
            try await Wire.open(server) { answering in
                try await answering.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                await server.signals.wait(for: "slow began")
                try await Wire.open(server) { receiving in
                    try await receiving.send("GET /ping HTTP/1.1\r\n")
                    try await Wire.open(server) { waiting in
                        try await waiting.send(Self.ping)
                        await server.signals.give("slow may end")
                        #expect(await answering.answer()?.body == "slow")
                        #expect(await waiting.answer()?.body == "pong")
                        #expect(await answering.isClosedInSilence())
                        try await receiving.send("Host: a\r\n\r\n")
                        #expect(await receiving.answer()?.body == "pong")
                    }
                }
            }
        }
    }
}

import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door at a stop` {
    @Test(arguments: ["G", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"])
    func `does not wait for the rest of a request`(beginning: String) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n" + beginning)
                #expect(await wire.answer()?.body == "pong")
                await server.stop()
                let answer = await wire.answer()
                // The first bytes may have come with the request before, and the parser may have said nothing of them.
                #expect(answer == nil || answer?.code == "overloaded")
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `waits for the answer to a whole request`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                await server.signals.wait(for: "slow began")
                await server.stop()
                // Nobody can connect any more once the stop has begun.
                while (try? await Wire.open(server) { _ in }) != nil {}
                await server.signals.give("slow may end")
                let answer = try #require(await wire.answer())
                #expect(answer.body == "slow")
                #expect(answer.values("Connection") == ["close"])
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    /// A connection that is accepted in the instant of the stop reaches nobody: it must be closed, not trip over.
    @Test
    func `survives callers that arrive meanwhile`() async throws {
        for _ in 1...20 {
            try await DoorServer.run { server in
                await withTaskGroup(of: Void.self) { group in
                    for _ in 1...30 { group.addTask { try? await Wire.open(server) { _ in } } }
                    await server.stop()
                }
            }
        }
    }

    @Test
    func `closes idle connections`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await wire.answer()?.body == "pong")
                await server.stop()
                #expect(await wire.isClosedInSilence())
            }
        }
    }
}

@Suite(.timeLimit(.minutes(1)))
struct `Callers that hang up` {
    @Test
    func `do not cancel what they began`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                await server.signals.wait(for: "slow began")
            }
            await server.signals.give("slow may end")
            await server.signals.wait(for: "slow ended")
        }
    }

    @Test(arguments: ["", "abc"])
    func `before their request is whole begin nothing`(part: String) async throws {
        let signals = try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n" + part)
            }
            try await server.ping()
            return server.signals
        }
        #expect(await !signals.isGiven("echo began"))
    }
}

import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door pipelining` {
    static func echo(_ body: String) -> String {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test
    func `answers a hundred requests in their order`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send((1...100).map { Self.echo("\($0)") }.joined())
                for number in 1...100 { #expect(await wire.answer()?.body == "\(number)") }
            }
        }
    }

    @Test
    func `answers a hundred requests of a caller that says no more`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send((1...100).map { Self.echo("\($0)") }.joined())
                wire.finish()
                for number in 1...100 { #expect(await wire.answer()?.body == "\(number)") }
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `lets no refusal overtake the answer before it`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                await server.signals.wait(for: "slow began")
                try await wire.send("GET //x HTTP/1.1\r\nHost: a\r\n\r\n" + Self.echo("next") + "\u{1}\r\n\r\n")
                await server.signals.give("slow may end")
                #expect(await wire.answer()?.body == "slow")
                #expect(await wire.answer()?.status == 404)
                #expect(await wire.answer()?.body == "next")
                #expect(await wire.answer()?.status == 400)
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `goes on behind a refusal`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                let refused = "GET //x HTTP/1.1\r\nHost: a\r\n\r\n"
                try await wire.send(refused + refused + Self.echo("first") + refused + Self.echo("second"))
                #expect(await wire.answer()?.status == 404)
                #expect(await wire.answer()?.status == 404)
                #expect(await wire.answer()?.body == "first")
                #expect(await wire.answer()?.status == 404)
                #expect(await wire.answer()?.body == "second")
            }
        }
    }

    @Test
    func `serves nothing behind a framing error`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.echo("first") + "GET / HTTP/1.1\r\n\r\n" + Self.echo("second"))
                #expect(await wire.answer()?.body == "first")
                #expect(await wire.answer()?.status == 400)
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `judges each request by itself`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                let request = "HEAD /ping HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n"
                try await wire.send(request + "GET /ids HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(await wire.answer(isHead: true)?.values("X-Request-Id") == ["mine"])
                #expect(await wire.answer()?.body == "req_test1")
            }
        }
    }

    @Test
    func `serves bodies larger than what may be held`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                let body = String(repeating: "x", count: 60_000)
                for _ in 1...5 { try await wire.send(Self.echo(body)) }
                for _ in 1...5 { #expect(await wire.answer()?.body == body) }
            }
        }
    }
}

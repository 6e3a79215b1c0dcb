import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door bodies` {
    static let head = "POST /echo HTTP/1.1\r\nHost: a\r\n"

    @Test
    func `up to the limit reach a route`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                let body = String(repeating: "x", count: 64 << 10)
                try await wire.send(Self.head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
                #expect(await wire.answer()?.body == body)
            }
        }
    }

    @Test
    func `in chunks reach a route as one, without their trailer`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.head + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
                try await wire.send("2;x=y\r\nbc\r\n0\r\nX-Request-Id: late\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.body == "abc")
                #expect(answer.values("X-Request-Id") == ["req_test1"])
            }
        }
    }

    @Test(arguments: [64 << 10 + 1, 1 << 30])
    func `declared too large are refused before they arrive`(count: Int) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.head + "Content-Length: \(count)\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.status == 413)
                #expect(answer.code == "body_too_large")
                #expect(answer.values("Connection") == ["close"])
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test(arguments: ["Content-Length: 1000000000\r\n", "Transfer-Encoding: chunked\r\n"])
    func `without end are refused and not read on`(framing: String) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.head + framing + "\r\n")
                await wire.sendUntilRefused("4000\r\n" + String(repeating: "x", count: 0x4000) + "\r\n")
                let answer = try #require(await wire.answer())
                #expect(answer.status == 413)
            }
        }
    }

    @Test
    func `that end too early are refused`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.head + "Content-Length: 10\r\n\r\nabc")
                wire.finish()
                let answer = try #require(await wire.answer())
                #expect(answer.status == 400)
                #expect(answer.code == "malformed_request")
            }
        }
    }

    @Test
    func `longer than declared are read as a further request, and refused`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.head + "Content-Length: 3\r\n\r\nabcdef")
                #expect(await wire.answer()?.body == "abc")
                #expect(await wire.answer()?.status == 400)
                #expect(await wire.isClosedInSilence())
            }
        }
    }

    @Test
    func `that wait for leave get it at once`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.head + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                #expect(await wire.answer()?.status == 100)
                try await wire.send("abc")
                #expect(await wire.answer()?.body == "abc")
            }
        }
    }

    @Test(arguments: ["Content-Encoding: br\r\n", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"])
    func `that wait for leave in vain are not waited for`(field: String) async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send(Self.head + field + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                let answer = try #require(await wire.answer())
                #expect([400, 415].contains(answer.status))
                #expect(await wire.isClosedInSilence())
            }
        }
    }
}

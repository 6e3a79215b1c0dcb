import Testing

@Suite(.timeLimit(.minutes(1)))
struct `Door at an answer that breaks` {
    @Test func `sends no end of it, and closes`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\nGET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
                let text = await wire.rest()
                #expect(text.contains("Transfer-Encoding: chunked") || text.contains("transfer-encoding: chunked"))
                #expect(!text.contains("\r\n0\r\n"))
                #expect(!text.contains("pong"))
            }
        }
    }

    /// Without chunks, the end of the connection is the end of the answer: it must not come in peace.
    @Test func `resets the connection of a caller that knows no chunks`() async throws {
        try await DoorServer.run { server in
            try await Wire.open(server) { wire in
                try await wire.send("GET /broken HTTP/1.0\r\nHost: a\r\n\r\n")
                _ = await wire.rest()
                #expect(wire.wasReset)
            }
            try await Wire.open(server) { wire in
                try await wire.send("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n")
                #expect(await wire.rest().hasSuffix("one,two"))
                #expect(!wire.wasReset)
            }
        }
    }
}

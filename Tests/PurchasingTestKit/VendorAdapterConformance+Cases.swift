import Foundation

extension VendorAdapterConformance {
    /// The connection fails before, while or after the request travels.
    var transportCases: [Case] {
        [
            Case(
                name: "nobody listens", peer: .nobody, expectation: .notSent(["connection_refused"]), requests: 0...0),
            Case(
                name: "the name is not known", peer: .noSuchName,
                expectation: .notSent(["name_not_resolved", "no_connection_in_time"]), requests: 0...0),
            tls("the port speaks no TLS", .answer("HTTP/1.1 400 Bad Request\r\n\r\n"), ["tls_failed"]),
            tls("closes within the TLS handshake", .close, ["tls_failed"]),
            // Seen by TLS it is a failed handshake; seen by the socket it is the reset that may come at any time.
            Case(
                name: "resets within the TLS handshake", peer: .serverForTLS(.reset),
                expectation: .notSentOrUnknown, requests: 0...0),
            tls("hangs within the TLS handshake", .hang, ["no_connection_in_time"]).impatient,
            accepted("hangs without reading", .hang, ["deadline"]).impatient,
            accepted("resets before reading", .reset, ["connection_lost"]),
            accepted("closes before reading", .close, ["connection_lost"]),
            read("hangs after reading", .hang, ["deadline"]).impatient,
            read("closes after reading", .close, ["connection_lost"]),
            read("resets after reading", .reset, ["connection_lost"]),
        ]
    }

    /// The answer's frame is broken, or odd.
    var framingCases: [Case] {
        let sale = dialect.sale
        let length = sale.utf8.count
        return [
            read("cuts the head", .answer("HTTP/1.1 200 OK\r\nContent-Le"), []),
            read("cuts the body", .answer("HTTP/1.1 200 OK\r\nContent-Length: \(length + 1)\r\n\r\n\(sale)"), []),
            read(
                "resets within the body",
                .answerAndReset(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{".utf8)), []),
            read(
                "cuts a chunk",
                .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(hex(length))\r\n\(sale)"), []),
            read(
                "announces too short a body",
                .answer("HTTP/1.1 200 OK\r\nContent-Length: \(length - 1)\r\n\r\n\(sale)"), []),
            read(
                "sends two lengths",
                .answer("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\nContent-Length: 3\r\n\r\n\(sale)"), []),
            read(
                "sends a length and chunks",
                .answer(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "\(hex(length))\r\n\(sale)\r\n0\r\n\r\n"), []),
            read(
                "switches to another protocol",
                .answer("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + sale), []),
            read("sends no HTTP", .answer(sale), []),
            read(
                "sends 100,000 headers",
                .flood(first: Array("HTTP/1.1 200 OK\r\n".utf8), again: Array("X: y\r\n".utf8)), []),
            read("sends an endless body", endless(sale), ["body_too_large"]),
            read(
                "announces a huge body",
                .answerAndHang(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".utf8)), ["body_too_large"]),
            read("drips", .drip(ScriptedServer.Act.bytes(200, sale)), ["deadline"]).impatient,
            read(
                "sends interim answers for ever",
                .flood(first: [], again: Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)), []
            ).impatient,
            bought(
                "sends interim answers first", .answer(repeating("HTTP/1.1 103 Early Hints\r\n\r\n", 50) + ok(sale))),
            bought(
                "sends more than the body",
                .answer(ok(sale) + Array("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n".utf8))),
            bought("speaks HTTP/1.0", .answer("HTTP/1.0 200 OK\r\n\r\n\(sale)")),
            bought(
                "sends chunks",
                .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(hex(length))\r\n\(sale)\r\n0\r\n\r\n")),
            bought("says that JSON is a page", .http(200, sale, headers: ["Content-Type": "text/html"])),
        ]
    }

    /// The frame is good, and what stands in it is not.
    var bodyCases: [Case] {
        let sale = dialect.sale
        let page = "<html><body>Bad gateway</body></html>"
        let json = ["Content-Type": "application/json"]
        let twice = sale.replacingOccurrences(of: "{", with: #"{"id":"ord_twice","success":false,"#, options: .anchored)
        let bodies = [
            ("nothing", ""), ("null", "null"), ("an array", "[\(sale)]"), ("a text", "\"ok\""),
            ("half of it", String(sale.dropLast())),
            ("text after it", sale + "x"), ("a comma too many", String(sale.dropLast()) + ",}"),
            ("a byte-order mark", "\u{FEFF}" + sale),
            ("a page", page), ("members twice", twice), ("an empty object", "{}"),
            ("64 levels", String(repeating: "[", count: 64) + String(repeating: "]", count: 64)),
        ]
        let statuses = [500, 502, 503, 504, 520, 408, 301, 302, 303, 307, 308, 404, 405, 410, 413, 418]
        return bodies.map { name, body in read("answers \(name)", .http(200, body), []) }
            + statuses.map {
                read(
                    "answers \($0) with a sale", .http($0, sale, headers: ["Location": "/elsewhere"]), ["status_\($0)"])
            }
            + statuses.map { read("answers \($0) with a page", .http($0, page, headers: json), ["status_\($0)"]) }
            + [400, 401, 403, 409, 422].map {
                read("answers \($0) with a page", .http($0, page, headers: json), ["status_\($0)"])
            }
            + [bought("answers a sale", .http(200, sale)), bought("closes after a sale", .answer(ok(sale)))]
    }

    /// The vendor's own words, each of them also naming Purser's key.
    var dialectCases: [Case] {
        dialect.answers.map { answer in
            let act = ScriptedServer.Act.http(answer.status, answer.body, headers: answer.headers)
            return Case(
                name: answer.name, peer: .server(.read { _ in act }), expectation: answer.expectation, requests: 1...1)
        }
    }

    // MARK: Words

    private func tls(_ name: String, _ act: ScriptedServer.Act, _ reasons: [String]) -> Case {
        Case(name: name, peer: .serverForTLS(act), expectation: .notSent(reasons), requests: 0...0)
    }

    private func accepted(_ name: String, _ act: ScriptedServer.Act, _ reasons: [String]) -> Case {
        Case(name: name, peer: .server(.accepted(act)), expectation: .unknown(reasons), requests: 0...0)
    }

    private func read(_ name: String, _ act: ScriptedServer.Act, _ reasons: [String]) -> Case {
        Case(name: name, peer: .server(.read { _ in act }), expectation: .unknown(reasons), requests: 1...1)
    }

    private func bought(_ name: String, _ act: ScriptedServer.Act) -> Case {
        Case(name: name, peer: .server(.read { _ in act }), expectation: .bought, requests: 1...1)
    }

    func endless(_ sale: String) -> ScriptedServer.Act {
        let chunk = "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n"
        return .flood(
            first: Array(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(hex(sale.utf8.count))\r\n\(sale)\r\n".utf8),
            again: Array(chunk.utf8))
    }

    func ok(_ body: String) -> [UInt8] { ScriptedServer.Act.bytes(200, body) }

    private func repeating(_ text: String, _ count: Int) -> [UInt8] {
        Array(String(repeating: text, count: count).utf8)
    }

    func hex(_ number: Int) -> String { String(number, radix: 16) }
}

extension VendorAdapterConformance.Case {
    /// The case with a deadline that is meant to pass.
    fileprivate var impatient: Self {
        var copy = self
        copy.deadline = .milliseconds(200)
        return copy
    }
}

extension ScriptedServer.Act {
    static func answer(_ text: String) -> Self { .answer(Array(text.utf8)) }
}

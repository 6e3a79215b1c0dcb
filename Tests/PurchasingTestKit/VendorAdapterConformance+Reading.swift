import Foundation
import Purchasing

/// Asking what there is to buy, at which price: a read that goes wrong says how, and is never an answer.
extension VendorAdapterConformance {
    /// Something that happens to a call that asks, and what must be made of it.
    public struct ReadingCase: Sendable, CustomStringConvertible {
        let name: String
        let dialect: VendorReadingDialect
        let peer: Peer
        /// Nil where the answer is good.
        let failure: VendorReadingDialect.Failure?
        /// How many whole requests may have reached the server: a call that failed is not made again.
        let requests: ClosedRange<Int>
        var deadline = Duration.seconds(10)

        public var description: String { "\(dialect.name) \(name)" }
    }

    /// How many calls a question may take.
    private static let manyCalls = 1...8

    /// Every case of every question that the vendor answers.
    public var readingCases: [ReadingCase] {
        dialect.readings.flatMap { reading in
            goodCases(of: reading) + lostCases(of: reading) + brokenCases(of: reading) + statusCases(of: reading)
                + wordCases(of: reading)
        }
    }

    /// Runs one case.
    /// - Returns: what was wrong; empty when all was well.
    public func run(_ test: ReadingCase) async throws -> [String] {
        let (server, url) = try open(test.peer)
        defer { server?.stop() }
        let adapter = try dialect.makeAdapter(url, test.deadline)
        let finding = await test.dialect.ask(adapter.adapter)
        await adapter.close()
        var faults: [String] = []
        let isMet = test.failure?.isMet(by: finding) ?? (finding == test.dialect.finding)
        if !isMet { faults.append("expected \(test.failure.map { "\($0)" } ?? "the answer"), got \(finding)") }
        let requests = server?.requests ?? []
        if !test.requests.contains(requests.count) {
            faults.append("\(requests.count) requests arrived, not \(test.requests)")
        }
        var words = "\(finding)" + String(reflecting: finding)
        dump(finding, to: &words)
        if words.contains(dialect.key) { faults.append("the key stands in the finding") }
        return faults
    }

    /// Where the adapter's offers and what it answers differ; empty when they agree.
    public func offerFaults() async throws -> [String] {
        let server = try ScriptedServer { _ in .http(200, "{}") }
        defer { server.stop() }
        let adapter = try dialect.makeAdapter(server.url, .seconds(10))
        var faults: [String] = []
        for shape in ProductShape.allCases {
            let offer = adapter.adapter.offer(of: shape)
            let questions: [(claimed: Bool, question: VendorReadingDialect.Question)] = [
                (offer?.tellsStock ?? false, .stock(StockQuery(shape))), (offer?.tellsLists ?? false, .lists(shape)),
                (offer?.quotes ?? false, .quote(.example(shape))),
            ]
            for (isClaimed, question) in questions {
                let isTried = dialect.readings.contains { $0.question.isLike(question) }
                if isClaimed, !isTried { faults.append("\(question) is offered, and not tried") }
                if !isClaimed, isTried { faults.append("\(question) is tried, and not offered") }
                if isClaimed { continue }
                let reading = VendorReadingDialect("", question, finds: .failure(.authFailed)) { _ in "" }
                let finding = await reading.ask(adapter.adapter)
                if !finding.isNothing { faults.append("\(question) is not offered, and answered: \(finding)") }
            }
        }
        // A quote that is tried is one that the offer takes.
        for case .quote(let request) in dialect.readings.map(\.question) {
            let objections = adapter.adapter.offer(of: request.shape)?.objections(to: request, vendor: "vendor") ?? []
            faults += objections.map { "the offer objects to a quote: \($0)" }
        }
        await adapter.close()
        if !server.requests.isEmpty { faults.append("the vendor was asked for what it does not offer") }
        return faults
    }

    // MARK: Cases

    private func goodCases(of reading: VendorReadingDialect) -> [ReadingCase] {
        let good = { (name: String, act: @escaping @Sendable (String) -> ScriptedServer.Act) in
            ReadingCase(
                name: name, dialect: reading, peer: .server(.read { act(reading.answer($0)) }), failure: nil,
                requests: Self.manyCalls)
        }
        return [
            good("is answered") { .http(200, $0) },
            good("is answered, and the connection closed") { .answer(ScriptedServer.Act.bytes(200, $0)) },
            good("is answered as a page") { .http(200, $0, headers: ["Content-Type": "text/html"]) },
            good("is answered over HTTP/1.0") { .answer("HTTP/1.0 200 OK\r\n\r\n\($0)") },
            good("is answered in chunks") { body in
                let length = String(body.utf8.count, radix: 16)
                return .answer(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(length)\r\n\(body)\r\n0\r\n\r\n")
            },
        ]
    }

    /// The answer does not come, or not whole.
    private func lostCases(of reading: VendorReadingDialect) -> [ReadingCase] {
        func lost(
            _ name: String, _ peer: Peer, _ words: [String], _ requests: ClosedRange<Int>, isImpatient: Bool = false
        ) -> ReadingCase {
            ReadingCase(
                name: name, dialect: reading, peer: peer, failure: .unavailable(words), requests: requests,
                deadline: isImpatient ? .milliseconds(200) : .seconds(10))
        }
        func cut(
            _ name: String, _ words: [String] = [], isImpatient: Bool = false,
            _ act: @escaping @Sendable (String) -> ScriptedServer.Act
        ) -> ReadingCase {
            lost(name, .server(.read { act(reading.answer($0)) }), words, 1...1, isImpatient: isImpatient)
        }
        return [
            lost("finds nobody", .nobody, ["connection_refused"], 0...0),
            lost("finds no name", .noSuchName, [], 0...0),
            lost("finds no TLS", .serverForTLS(.answer("HTTP/1.1 400 Bad Request\r\n\r\n")), ["tls_failed"], 0...0),
            lost("is not read", .server(.accepted(.hang)), ["deadline"], 0...0, isImpatient: true),
            lost("is reset before it is read", .server(.accepted(.reset)), ["connection_lost"], 0...0),
            lost("is closed before it is read", .server(.accepted(.close)), ["connection_lost"], 0...0),
            cut("is not answered", ["deadline"], isImpatient: true) { _ in .hang },
            cut("is reset", ["connection_lost"]) { _ in .reset }, cut("is closed", ["connection_lost"]) { _ in .close },
            cut("has half a head") { _ in .answer("HTTP/1.1 200 OK\r\nContent-Le") },
            cut("has no body") { .answer("HTTP/1.1 200 OK\r\nContent-Length: \($0.utf8.count)\r\n\r\n") },
            cut("has too short a body") {
                .answer("HTTP/1.1 200 OK\r\nContent-Length: \($0.utf8.count + 1)\r\n\r\n\($0)")
            },
            cut("has a body that is reset") {
                .answerAndReset(Array("HTTP/1.1 200 OK\r\nContent-Length: \($0.utf8.count + 1)\r\n\r\n\($0)".utf8))
            },
            cut("has a chunk and no end") {
                let size = String($0.utf8.count, radix: 16)
                return .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\n\($0)")
            },
            cut("has two lengths") {
                .answer(
                    "HTTP/1.1 200 OK\r\nContent-Length: \($0.utf8.count)\r\nContent-Length: 3\r\n\r\n\($0)")
            },
            cut("is no HTTP") { .answer($0) }, cut("has an endless body", ["body_too_large"]) { self.endless($0) },
            cut("drips", ["deadline"], isImpatient: true) { .drip(ScriptedServer.Act.bytes(200, $0)) },
        ]
    }

    /// The frame is good, and what stands in it is not.
    private func brokenCases(of reading: VendorReadingDialect) -> [ReadingCase] {
        let key = dialect.key
        let bodies: [(String, @Sendable (String) -> String)] = [
            ("nothing", { _ in "" }), ("null", { _ in "null" }), ("a text", { _ in "\"\(key)\"" }),
            ("a number", { _ in "7" }),
            ("an empty object", { _ in "{}" }), ("half", { String($0.dropLast()) }), ("more than it", { $0 + "x" }),
            ("a comma too many", { String($0.dropLast()) + ",}" }), ("a byte-order mark", { "\u{FEFF}" + $0 }),
            ("a page", { _ in "<html><body>\(key)</body></html>" }),
            ("members twice", { #"{"a":1,"a":"# + $0 + "}" }),
            ("64 levels", { _ in String(repeating: "[", count: 64) + String(repeating: "]", count: 64) }),
        ]
        return bodies.map { name, body in
            ReadingCase(
                name: "is answered with \(name)", dialect: reading,
                peer: .server(.read { .http(200, body(reading.answer($0))) }), failure: .unreadable,
                requests: Self.manyCalls)
        }
    }

    /// Every other status than success, with a good answer, with the vendor's key and with a page.
    private func statusCases(of reading: VendorReadingDialect) -> [ReadingCase] {
        var statuses: [(Int, VendorReadingDialect.Failure)] = [
            (401, .authFailed), (403, .authFailed), (429, .rateLimited(.seconds(8))),
        ]
        statuses += [408, 500, 502, 503, 504, 520].map { ($0, .unavailable(["status_\($0)"])) }
        statuses += [301, 302, 303, 307, 308].map { ($0, .unavailable(["redirected"])) }
        statuses += [400, 404, 405, 409, 410, 413, 418, 422].map { ($0, .refused) }
        let key = dialect.key
        let bodies: [(String, @Sendable (String) -> String)] = [
            ("an answer", { $0 }), ("the key", { _ in #"{"code":"\#(key)","message":"no \#(key)"}"# }),
            ("a page", { _ in "<html>\(key)</html>" }),
        ]
        return statuses.flatMap { status, failure in
            bodies.map { name, body in
                ReadingCase(
                    name: "is answered with \(status) and \(name)", dialect: reading,
                    peer: .server(
                        .read { request in
                            .http(
                                status, body(reading.answer(request)),
                                headers: ["Location": "/elsewhere", "Retry-After": "8"])
                        }),
                    failure: failure, requests: Self.manyCalls)
            }
        }
    }

    /// The vendor's own words.
    private func wordCases(of reading: VendorReadingDialect) -> [ReadingCase] {
        reading.failures.map { failure in
            ReadingCase(
                name: "is answered \(failure.name)", dialect: reading,
                peer: .server(.read { _ in .http(200, failure.body) }), failure: failure.failure,
                requests: Self.manyCalls)
        }
    }
}

extension VendorReadingDialect.Question {
    /// Whether both ask the same kind of thing about the same product.
    fileprivate func isLike(_ other: Self) -> Bool {
        switch (self, other) {
        case (.stock, .stock), (.lists, .lists), (.quote, .quote): shape == other.shape
        case (.stock, _), (.lists, _), (.quote, _): false
        }
    }
}

extension VendorReadingDialect.Finding {
    /// Whether nothing was found out.
    fileprivate var isNothing: Bool {
        switch self {
        case .stock(let rows): rows.isEmpty
        case .lists(let lists): lists == ReferenceLists()
        case .quote(let quote): quote == .unavailable(reason: "not_offered", retryAfter: nil)
        case .failure(let error): error == .refused(code: "not_offered", message: nil)
        }
    }
}

extension OrderRequest {
    /// A request for a product.
    fileprivate static func example(_ shape: ProductShape) -> OrderRequest {
        switch shape {
        case .residential: .example(product: .residential)
        case .mobileByGB: OrderRequest(product: .mobile, gb: Millionths(1_000_000))
        case .mobileByIP: .example(product: .mobile)
        case .isp: .example(product: .isp)
        case .ipv4: .example(product: .ipv4)
        case .ipv6: .example(product: .ipv6)
        }
    }
}

import Foundation
import Purchasing

/// Handing out what was sold: all of it, or an error that says why not.
extension VendorAdapterConformance {
    /// Something that happens to the reading of a sale's proxies, and what must be made of it.
    public struct ProxyCase: Sendable, CustomStringConvertible {
        let name: String
        let peer: Peer
        let expectation: ProxyExpectation
        var deadline = Duration.seconds(10)

        public var description: String { name }
    }

    enum ProxyExpectation: Sendable {
        case whole
        case failure(VendorReadingDialect.Failure)
        case anyFailure
        /// No such goods, or a definite no.
        case absent
    }

    /// Every case.
    public var proxyCases: [ProxyCase] { wholeProxyCases + lostProxyCases + cutProxyCases + refusedProxyCases }

    /// Runs one case.
    /// - Returns: what was wrong; empty when all was well.
    public func run(_ test: ProxyCase) async throws -> [String] {
        let (server, url) = try open(test.peer)
        defer { server?.stop() }
        let adapter = try dialect.makeAdapter(url, test.deadline)
        var proxies: [BoughtProxy]?
        var failure: VendorError?
        do throws(VendorError) {
            if let list = try await adapter.adapter.proxies(of: dialect.goods.sale) {
                var iterator = list.makeAsyncIterator()
                proxies = []
                while let piece = try await iterator.next() { proxies? += piece }
            }
        } catch { failure = error }
        await adapter.close()
        var faults: [String] = []
        if !isMet(test.expectation, proxies, failure) {
            let words = failure.map { "\($0)" } ?? "\(proxies?.count.description ?? "no") proxies"
            faults.append("expected \(test.expectation), got \(words)")
        }
        var words = "\(String(describing: failure))\(String(describing: proxies))"
        dump(failure, to: &words)
        dump(proxies, to: &words)
        for secret in [dialect.key] + dialect.goods.proxies.compactMap(\.login?.password.revealed)
        where words.contains(secret) { faults.append("a secret stands in what was found") }
        return faults
    }

    private func isMet(_ expectation: ProxyExpectation, _ proxies: [BoughtProxy]?, _ failure: VendorError?) -> Bool {
        switch expectation {
        case .whole: failure == nil && proxies == dialect.goods.proxies
        case .failure(let expected): failure.map { expected.isMet(by: .failure($0)) } ?? false
        case .anyFailure: failure != nil
        case .absent:
            if case .refused = failure { true } else { failure == nil && proxies == nil }
        }
    }

    /// A case of a server that answers with what it makes of the good answer.
    private func answered(
        _ name: String, _ expectation: ProxyExpectation, within deadline: Duration = .seconds(10),
        _ act: @escaping @Sendable (String) -> ScriptedServer.Act
    ) -> ProxyCase {
        let goods = dialect.goods
        return ProxyCase(
            name: name, peer: .server(.read { act(goods.answer($0)) }), expectation: expectation, deadline: deadline)
    }

    private var wholeProxyCases: [ProxyCase] {
        [
            answered("is answered", .whole) { .http(200, $0) },
            answered("is answered, and the connection closed", .whole) { .answer(ScriptedServer.Act.bytes(200, $0)) },
            answered("is answered as a page", .whole) { .http(200, $0, headers: ["Content-Type": "text/html"]) },
            answered("is answered in chunks", .whole) { .answer(Array((Self.chunked($0) + "0\r\n\r\n").utf8)) },
        ]
    }

    /// No answer comes.
    private var lostProxyCases: [ProxyCase] {
        let short = Duration.milliseconds(200)
        let peers: [(String, Peer, [String], Duration)] = [
            ("finds nobody", .nobody, ["connection_refused"], .seconds(10)),
            (
                "finds no TLS", .serverForTLS(.answer(Array("HTTP/1.1 400 X\r\n\r\n".utf8))), ["tls_failed"],
                .seconds(10)
            ),
            ("is not read", .server(.accepted(.hang)), ["deadline"], short),
            ("is reset", .server(.read { _ in .reset }), ["connection_lost"], .seconds(10)),
            ("is closed", .server(.read { _ in .close }), ["connection_lost"], .seconds(10)),
            ("is not answered", .server(.read { _ in .hang }), ["deadline"], short),
        ]
        return peers.map { name, peer, words, deadline in
            ProxyCase(name: name, peer: peer, expectation: .failure(.unavailable(words)), deadline: deadline)
        }
    }

    /// The answer breaks off: wherever it does, it never looks like a shorter list.
    private var cutProxyCases: [ProxyCase] {
        let places: [(String, @Sendable (String) -> String)] = [
            ("at once", { _ in "" }), ("half-way", { String($0.prefix($0.count / 2)) }),
            ("before its last byte", { String($0.dropLast()) }),
            ("behind its first line", { $0.prefix { !$0.isNewline } + "\n" }),
        ]
        return places.flatMap { place, part in
            [
                answered("is cut \(place)", .anyFailure) { whole in
                    .answer(
                        Array("HTTP/1.1 200 OK\r\nContent-Length: \(whole.utf8.count)\r\n\r\n\(part(whole))".utf8))
                },
                answered("is reset \(place)", .anyFailure) { whole in
                    .answerAndReset(
                        Array("HTTP/1.1 200 OK\r\nContent-Length: \(whole.utf8.count)\r\n\r\n\(part(whole))".utf8))
                },
                answered("is cut \(place) in chunks", .anyFailure) { .answer(Array(Self.chunked(part($0)).utf8)) },
                answered("is cut \(place), and its end is not told", .anyFailure) {
                    .answer(Array("HTTP/1.1 200 OK\r\n\r\n\(part($0))".utf8))
                },
                answered("stops \(place)", .failure(.unavailable(["deadline"])), within: .milliseconds(200)) { whole in
                    .answerAndHang(
                        Array("HTTP/1.1 200 OK\r\nContent-Length: \(whole.utf8.count)\r\n\r\n\(part(whole))".utf8))
                },
            ]
        }
    }

    /// The answer is none.
    private var refusedProxyCases: [ProxyCase] {
        var statuses: [(Int, ProxyExpectation)] = [
            (401, .failure(.authFailed)), (403, .failure(.authFailed)), (429, .failure(.rateLimited(.seconds(8)))),
            (404, .absent),
        ]
        statuses += [408, 500, 502, 503, 504].map { ($0, .failure(.unavailable(["status_\($0)"]))) }
        statuses += [301, 302, 307, 308].map { ($0, .failure(.unavailable(["redirected"]))) }
        statuses += [400, 409, 410, 422].map { ($0, .failure(.refused)) }
        let key = dialect.key
        let refusals = statuses.flatMap { status, expectation in
            [true, false].map { isGood in
                answered("is answered with \(status)\(isGood ? " and a list" : "")", expectation) { whole in
                    .http(
                        status, isGood ? whole : #"{"code":"\#(key)","message":"no \#(key)"}"#,
                        headers: ["Location": "/elsewhere", "Retry-After": "8"])
                }
            }
        }
        let page = "<html><body>\(key)</body></html>"
        let garbage = (dialect.goods.failures + ["", "null", "{}", "7", page]).enumerated().map { index, body in
            answered("is answered with something else (\(index))", .anyFailure) { _ in .http(200, body) }
        }
        return refusals + garbage
    }

    /// The head of an answer in chunks and one chunk of it, without the last.
    private static func chunked(_ body: String) -> String {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        return body.isEmpty ? head : head + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n"
    }
}

import Foundation
import PurchasingTestKit
import Testing

@testable import purser

/// Lists of proxies as the commands print them, from a gateway that ends them in every way there is.
@Suite(.timeLimit(.minutes(2))) struct ProxyListTests {
    static let order = BuyingTests.id

    private static func head(_ media: String, _ framing: String = "transfer-encoding: chunked", ordered: Int = 2)
        -> String
    {
        "HTTP/1.1 200 OK\r\ncontent-type: \(media); charset=utf-8\r\ntrailer: x-proxies-count\r\n"
            + "x-proxies-ordered: \(ordered)\r\n\(framing)\r\n\r\n"
    }

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    private static let end = "0\r\nx-proxies-count: 2\r\n\r\n"

    /// Runs a command against a gateway that answers so.
    private func run(_ arguments: [String], _ act: ScriptedServer.Act, redirection: String? = nil) async throws
        -> (Program.Result, ScriptedServer)
    {
        let server = try ScriptedServer { _ in act }
        let program = try RunningProgram(
            arguments, environment: ["PURSER_API_KEY": "pk_canary", "PURSER_URL": server.url], in: "/tmp",
            redirection: redirection)
        let status = await program.status()
        server.stop()
        #expect(!program.error.text.contains("canary"))
        return (Program.Result(status: status, output: program.output.text, error: program.error.text), server)
    }

    @Test(
        arguments: [
            ([], "text/plain", "format=plain"), (["--format", "csv"], "text/csv", "format=csv"),
            (["--format", "json"], "application/json", "format=json"),
            (
                ["--format", "uri", "--protocol", "socks5", "--partial"], "text/uri-list",
                "format=uri&protocol=socks5&partial=true"
            ),
        ] as [([String], String, String)])
    func `a whole list is printed byte for byte`(options: [String], media: String, query: String) async throws {
        for (command, path) in [
            (["orders", "proxies", Self.order], "/orders/\(Self.order)/proxies"),
            (["batches", "ips", "bat_1"], "/isp/batches/bat_1/ips"),
        ] {
            let (first, second) = ("198.51.100.1:8000:u:p\u{9B}\n", "é\n")
            let bytes = Self.head(media) + Self.chunk(first) + Self.chunk(second) + Self.end
            let (result, server) = try await run(command + options, .answerAndKeep(Array(bytes.utf8)))
            #expect(result.status == 0, "\(result.error)")
            #expect(result.output == first + second + (media.hasSuffix("json") ? "\n" : ""))
            #expect(server.requests.map(\.target) == ["\(path)?\(query)"])
            #expect(server.requests.first?.headers["authorization"] == "Bearer pk_canary")
        }
    }

    /// How a list that is not whole ends.
    static let broken: [ScriptedServer.Act] = {
        let begun = head("text/plain") + chunk("198.51.100.1:8000:u:p\n")
        let inLength = head("text/plain", "content-length: 1000") + "198.51.100.1:8000:u:p\n"
        let toTheEnd = head("text/plain", "connection: close") + "198.51.100.1:8000:u:p\n"
        return [
            .answer(Array(begun.utf8)), .answer(Array((begun + "ff\r\n198.").utf8)), .answer(Array(inLength.utf8)),
            .answer(Array(toTheEnd.utf8)), .answerAndReset(Array(begun.utf8)), .answer(Array((begun + "zz\r\n").utf8)),
        ]
    }()

    @Test(arguments: broken.indices) func `a list that breaks off is none that looks whole`(index: Int) async throws {
        let (result, _) = try await run(["batches", "ips", "bat_1"], Self.broken[index])
        #expect(result.status == 3)
        #expect(
            result.error == "purser: the list broke off before its end; what was printed is not the whole list\n",
            "\(result.error)")
    }

    @Test func `fewer proxies than were ordered are told beside the list`() async throws {
        for (format, media, body) in [
            ("plain", "text/plain", "198.51.100.1:8000:u:p\n"), ("csv", "text/csv", "ip,port\r\n198.51.100.1,8000\r\n"),
        ] {
            let bytes = Self.head(media, ordered: 20) + Self.chunk(body) + Self.end
            let (result, _) = try await run(
                ["orders", "proxies", Self.order, "--partial", "--format", format], .answerAndKeep(Array(bytes.utf8)))
            #expect(result.status == 0 && result.output == body)
            #expect(result.error == "purser: proxies in the list: 1; ordered: 20\n")
        }
    }

    @Test func `a refusal is told, and what is no list is not printed`() async throws {
        let refusal = #"{"title":"The order's proxies are not there yet","detail":"D","code":"proxies_not_ready"}"#
        let (refused, _) = try await run(["orders", "proxies", Self.order], .http(409, refusal))
        #expect(refused.status == 1 && refused.output.isEmpty)
        #expect(refused.error == "purser: The order's proxies are not there yet: D\n")
        let (stranger, _) = try await run(["orders", "proxies", Self.order], .http(401, #"{"title":"T"}"#))
        #expect(stranger.status == 2)
        for (status, body) in [(200, "<html>"), (502, "<html>")] {
            let (page, _) = try await run(
                ["orders", "proxies", Self.order], .http(status, body, headers: ["Content-Type": "text/html"]))
            #expect(page.status == 3 && page.output.isEmpty)
            #expect(page.error == "purser: what answered (status \(status)) is no gateway's answer\n")
        }
    }

    @Test func `a list that standard output does not take is a failure`() async throws {
        let bytes = Self.head("text/plain") + Self.chunk("198.51.100.1:8000:u:p\n") + Self.end
        let (result, _) = try await run(
            ["orders", "proxies", Self.order], .answerAndKeep(Array(bytes.utf8)), redirection: "1>&-")
        #expect(result.status == 1)
        #expect(result.error == "purser: standard output did not take what was to be printed\n")
    }

    @Test func `bytes that would act on a terminal are shown by their number, wherever a piece ends`() {
        let text = "1.2.3.4:8000:ü:\u{9B}31m\r\n日本\u{1B}]0;x\u{7}\r😀\nend"
        let expected = "1.2.3.4:8000:ü:\\u{9B}31m\r\n日本\\u{1B}]0;x\\u{7}\\u{D}😀\nend"
        for size in 1...7 {
            var shown = ShownBytes()
            var output = ""
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                output += shown.take(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(output == expected)
        }
        var broken = ShownBytes()
        #expect(
            broken.take([0x61, 0xC3]) == "a"
                && broken.take([0x28, 0xFF, 0x80, 0x80]) == "\u{FFFD}(\u{FFFD}\u{FFFD}\u{FFFD}")
    }
}

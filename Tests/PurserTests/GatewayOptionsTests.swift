import ArgumentParser
import ExactJSON
import Foundation
import Testing

@testable import purser

/// Which gateway is called, and where a key may not go.
@Suite(.timeLimit(.minutes(2))) struct GatewayOptionsTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", true), ("http://127.9.9.9", true), ("http://localhost:80/v1/", true),
        ("http://LOCALHOST", true), ("http://[::1]:8080", true), ("https://purser.example.com", true),
        ("https://10.0.0.1:8443/v1", true), ("http://purser.example.com", false), ("http://10.0.0.1:8080", false),
        ("http://127.0.0.1.example.com", false), ("http://0x7f.1", false), ("http://2130706433", false),
        ("http://localhost.example.com", false), ("http://[::2]", false), ("http://[::ffff:10.0.0.1]", false),
    ])
    func `a key travels in the open only within this machine`(url: String, isPrivate: Bool) throws {
        #expect(try GatewayAddress(url).isPrivate == isPrivate)
    }

    @Test(arguments: [
        "", "127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://user:pass@127.0.0.1", "http://127.0.0.1@evil.com",
        "http://127.0.0.1/?a=b", "http://127.0.0.1#x", "http://127.0.0.1:99999", "http://127.0.0.1\\@evil.com",
        "http://127.0.0.1 .evil.com", "http://%31%32%37.0.0.1",
    ])
    func `what is no plain address is refused`(url: String) {
        let failure = #expect(throws: CommandFailure.self) { try GatewayAddress(url) }
        #expect(failure?.status == ExitStatus.refused)
    }

    @Test func `without a key a command says how to make one`() async throws {
        for environment in [[:], ["PURSER_API_KEY": ""]] {
            let result = try await Program.run("vendors", environment: environment)
            #expect(result.status == 2)
            #expect(result.error.contains("export PURSER_API_KEY=$(purser keys create "))
            #expect(result.output.isEmpty)
        }
    }

    @Test(arguments: [
        ["PURSER_API_KEY": "pk_canary\r\nx: y"], ["PURSER_API_KEY": "pk_canary", "PURSER_URL": "http://192.0.2.1"],
        ["PURSER_API_KEY": "pk_canary", "PURSER_URL": "192.0.2.1"],
    ])
    func `a key or an address that is not right is refused before anything is sent`(environment: [String: String])
        async throws
    {
        let result = try await Program.run(
            "buy", "--product", "residential", "--gb", "1", environment: environment)
        #expect(result.status == 2)
        #expect(result.error.split(separator: "\n").count == 1)
        #expect(!result.error.contains("canary"))
        #expect(result.output.isEmpty)
    }

    @Test(arguments: [
        ["vendors"], ["inventory"], ["catalog"], ["quote", "--product", "isp"], ["batches", "list"],
        ["batches", "show", "bat_1"], ["batches", "ips", "bat_1"], ["buy", "--product", "isp", "--timeout", "0s"],
        ["batches", "renew", "bat_1", "--months", "1", "--timeout", "0s"],
        ["batches", "release", "bat_1", "--yes", "--timeout", "0s"],
        ["ips", "replace", "ip_1", "--yes", "--timeout", "0s"],
    ])
    func `a gateway that cannot be reached ends a command with 3`(arguments: [String]) async throws {
        let program = try RunningProgram(
            arguments + ["--url", "http://127.0.0.1:1"], environment: ["PURSER_API_KEY": "pk_canary"], in: "/tmp")
        #expect(await program.status() == 3)
        #expect(program.error.text.contains("purser: the gateway cannot be reached: connection refused"))
        #expect(program.error.text.contains("nothing was sent") == arguments.contains("--timeout"))
        #expect(program.output.text.isEmpty)
        #expect(!program.error.text.contains("canary"))
    }

    @Test(arguments: [
        ["buy", "--product", "isp", "--key", ""], ["buy", "--product", "isp", "--key", "a b"],
        ["buy", "--product", "isp", "--timeout", "soon"], ["buy"], ["quote"],
        ["quote", "--api-key", "pk_1"], ["batches", "show", "../orders"], ["batches", "show", ".."],
        ["batches", "ips", "bat_1", "--format", "xml"], ["batches", "renew", "bat_1"], ["orders", "proxies", "bat_1"],
        ["batches", "renew", "bat_1", "--months", "1", "--days", "30"], ["ips", "replace", "ip 1"],
        ["orders", "auto-renew", "ord_01K7C0X4Z0M3T5A8QH2B6NDEFG"], ["orders", "renew", "ord_1", "--months", "1"],
        ["orders", "auto-renew", "ord_01K7C0X4Z0M3T5A8QH2B6NDEFG", "--days", "30", "--off"],
    ])
    func `a command line that is none ends with 64`(arguments: [String]) async throws {
        let program = try RunningProgram(arguments, environment: ["PURSER_API_KEY": "pk_canary"], in: "/tmp")
        #expect(await program.status() == 64)
    }

    @Test func `a key goes in the open only where that is asked for`() async throws {
        let environment = ["PURSER_API_KEY": "pk_canary", "PURSER_URL": "http://192.0.2.1"]
        let failure = #expect(throws: CommandFailure.self) {
            try GatewayOptions.parse([]).client(environment: environment)
        }
        #expect(failure?.status == ExitStatus.refused)
        await (try GatewayOptions.parse(["--insecure"]).client(environment: environment)).close()
        await (try GatewayOptions.parse(["--url", "http://localhost"]).client(environment: environment)).close()
    }

    @Test(arguments: [([], 2), (["--key", "k-1"], 3)] as [([String], Int32)])
    func `nothing is sent under a new key that nobody can read`(key: [String], status: Int32) async throws {
        let arguments = ["buy", "--product", "isp", "--timeout", "0s", "--url", "http://127.0.0.1:1"]
        let program = try RunningProgram(
            arguments + key, environment: ["PURSER_API_KEY": "pk_canary"], in: "/tmp", redirection: "2>&-")
        #expect(await program.status() == status)
    }

    @Test func `queries are escaped`() {
        let call = GatewayCall(reading: "/inventory", [("city", "new york&a=é"), ("asn", nil), ("vendor", "")])
        #expect(call.path == "/inventory?city=new%20york%26a%3D%C3%A9&vendor=")
        #expect(GatewayCall(reading: "/inventory", [("city", nil)]).path == "/inventory")
    }

    @Test func `a document is printed as it came, unless it would act on a terminal`() throws {
        let text = #"{"b":1.0,"a":"caf\u00e9 é","c":"\#u{9B}\#u{E0041}\#u{7F}"}"#
        let answer = try GatewayAnswer(status: 200, bytes: Array(text.utf8))
        #expect(answer.line(forTerminal: false) == text)
        let shown = answer.line(forTerminal: true)
        #expect(shown == #"{"b":1.0,"a":"caf\u00e9 é","c":"\u009b\udb40\udc41\u007f"}"#)
        #expect(try JSON(parsing: shown, as: .answer) == answer.json)
        let lines = try GatewayAnswer(status: 200, bytes: Array("{\n  \"a\": 1\n}\n".utf8))
        #expect(lines.line(forTerminal: false) == #"{"a":1}"#)
    }

    @Test func `a problem is told with every fault and its place`() throws {
        let text = #"""
            {"type":"/problems/invalid_request","title":"The request asks for something that cannot be","status":422,
             "code":"invalid_request","detail":"not so\#u{9B}31m","money_state":"unchanged","retry_action":"new_key",
             "request_id":"req_1","order_id":"ord_1","vendor":{"name":"legacy","code":"16","message":"no money"},
             "errors":[{"pointer":"/quantity","code":"quantity_out_of_range","detail":"5 to 5000"},
                       {"parameter":"asn","code":"x","detail":"a number"},{"vendor":"legacy","code":"y","detail":"no"}]}
            """#
        let answer = try GatewayAnswer(status: 422, bytes: Array(text.utf8))
        #expect(
            answer.problemText == """
                The request asks for something that cannot be: not so\\u{9B}31m
                  /quantity: 5 to 5000
                  asn: a number
                  legacy: no
                  legacy said: 16, no money
                  order ord_1
                  its key is finished; a new key is a new purchase
                """)
        let action = text.replacing("\"vendor\":{", with: "\"action_id\":\"act_1\",\"vendor\":{")
        #expect(
            try GatewayAnswer(status: 422, bytes: Array(action.utf8)).problemText.hasSuffix(
                "  order ord_1\n  action act_1\n  its key is finished; a new key is a new action"))
    }
}

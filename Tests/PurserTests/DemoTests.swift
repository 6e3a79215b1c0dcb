import ExactJSON
import Foundation
import Testing

@testable import purser

/// The program together with its pretend vendors.
@Suite(.timeLimit(.minutes(2))) struct DemoTests {
    @Test func `the demo buys from each vendor, shows it, and leaves nothing behind`() async throws {
        let result = try await Program.run("demo", "--port", "0")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.matches(of: /(?m)^ord_\w+ +helodata +completed +120\.00 USD/).count == 1)
        #expect(result.output.matches(of: /(?m)^ord_\w+ +legacy +completed +13\.10 USD/).count == 1)
        #expect(!result.output.contains("pk_"), "keys of a gateway that has ended are of no use")
        let database = try #require(result.output.firstMatch(of: /its database is (\S+)\.\n/)?.1)
        #expect(!FileManager.default.fileExists(atPath: String(database)))
    }

    @Test func `the demo stays when it is told to, keeps a directory that was given, and may be run there again`()
        async throws
    {
        let directory = try TemporaryDirectory()
        for _ in 1...2 {
            let demo = try RunningProgram(
                ["demo", "--port", "0", "--stay", "--directory", directory.path + "/demo"], in: directory.path)
            #expect(await demo.output.contains("Ctrl-C ends it."))
            #expect(demo.output.text.matches(of: /(?m)^  (?:buyer|operator) +pk_\w+/).count == 2)
            let keys = try await Program.run("keys", "list", "--config", "demo/purser.yaml", in: directory.path)
            #expect(keys.status == 0 && keys.output.contains("demo-operator"), "\(keys.error)")
            let check = try await Program.run("check", "--config", "demo/purser.yaml", in: directory.path)
            #expect(check.output.contains("vendor legacy    ok"), "\(check.output)\(check.error)")
            demo.signal(SIGINT)
            #expect(await demo.status() == 0)
            #expect(FileManager.default.fileExists(atPath: directory.path + "/demo/purser.db"))
        }
    }

    @Test func `what the sandbox prints can be pasted, and passes the check`() async throws {
        let directory = try TemporaryDirectory()
        let sandbox = try RunningProgram(
            ["sandbox", "--helodata-port", "0", "--legacy-port", "0", "--ready-after", "0s"], in: directory.path)
        #expect(await sandbox.output.contains("# the books"))
        let text = sandbox.output.text
        _ = try directory.file(
            "purser.yaml", try #require(text.firstMatch(of: /(?s)# purser.yaml\n(.*)# the books/)).1.description)
        let exports = text.matches(of: /export (\w+)=(\S+)/).map { (String($0.1), String($0.2)) }
        let environment = Dictionary(uniqueKeysWithValues: exports)

        let check = try await Program.run("check", environment: environment, in: directory.path)
        #expect(check.status == 0, "\(check.error)")
        #expect(check.output.contains("vendor helodata  ok      balance 1000.00 USD, kyc approved\n"))
        #expect(check.output.contains("vendor legacy    ok      balance 1000.00 USD\n"))

        let wrong = environment.mapValues { $0 + "x" }
        let refused = try await Program.run("check", environment: wrong, in: directory.path)
        #expect(refused.status == 1)
        #expect(refused.error == "purser: failed: helodata, legacy\n")
        #expect(refused.output.contains("vendor helodata  failed  refuses the api_key\n"))
        for value in environment.values { #expect(!refused.output.contains(value)) }

        sandbox.signal(SIGTERM)
        #expect(await sandbox.status() == 0)
    }

    @Test(arguments: [
        ("dispatched", -SIGKILL), ("dispatched:2", -SIGKILL), ("dispatched:3", 0),
    ])
    func `a crash test ends the process at the step that it names`(place: String, status: Int32) async throws {
        let directory = try TemporaryDirectory()
        let environment = ["PURSER_CRASH_AT": place, "TMPDIR": directory.path]
        let program = try RunningProgram(["demo", "--port", "0"], environment: environment, in: directory.path)
        // The demo dispatches twice.
        #expect(await program.status() == status)
    }
}

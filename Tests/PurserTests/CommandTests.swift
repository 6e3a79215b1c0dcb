import Foundation
import Testing

@testable import purser

/// What a command line means, and how the program ends.
@Suite(.timeLimit(.minutes(2))) struct CommandTests {
    @Test(arguments: [
        ["--bogus"], ["serve", "--bogus"], ["bogus"], ["keys", "create", "--client", "a"],
        ["keys", "create", "--client", "a", "--role", "king"], ["keys", "revoke"], ["keys", "revoke", "ord_1"],
        ["demo", "--port", "65536"], ["sandbox", "--ready-after", "soon"],
    ])
    func `a command line that cannot be understood ends with 64`(arguments: [String]) async throws {
        let program = try RunningProgram(arguments, in: "/tmp")
        #expect(await program.status() == 64)
        #expect(program.output.text.isEmpty)
        #expect(program.error.text.contains("Usage:"))
    }

    @Test(arguments: [["serve"], ["check"], ["keys", "list"], ["keys", "create", "--client", "a", "--role", "buyer"]])
    func `without a configuration a command ends with 2 and one line`(arguments: [String]) async throws {
        let directory = try TemporaryDirectory()
        let program = try RunningProgram(arguments, in: directory.path)
        #expect(await program.status() == 2)
        #expect(program.error.text == "purser.yaml: cannot be read: No such file or directory\n")
        #expect(program.output.text.isEmpty)
    }

    @Test func `every fault of a configuration is told on a line of its own`() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("purser.yaml", "http: { prot: 1 }\nvendors:\n  a: { kind: oxylabs }\n")
        let result = try await Program.run("serve", in: directory.path)
        #expect(result.status == 2)
        #expect(
            result.error == """
                purser.yaml:1: http.prot: unknown key; known keys are host, port, metrics_need_key
                purser.yaml:3: vendors.a.kind: expected one of helodata, legacy

                """)
    }

    @Test(arguments: [
        ["--help"], ["serve", "--help"], ["keys", "create", "--help"], ["demo", "--help"], ["--version"],
        ["help", "batches", "whitelist"], ["help", "batches", "whitelist", "add"], ["help", "actions", "resolve"],
        ["help", "orders", "list"], ["batches", "whitelist", "--help"],
    ])
    func `help and version end with 0`(arguments: [String]) async throws {
        let program = try RunningProgram(arguments, in: "/tmp")
        #expect(await program.status() == 0)
        #expect(!program.output.text.isEmpty)
    }

    @Test func `the program has the version of its contract`() async throws {
        let result = try await Program.run("--version")
        #expect(result.output == Purser.version + "\n")
        #expect(result.output.contains("."))
    }

    @Test func `the usage of a decision shows that one outcome is given`() async throws {
        for (command, outcomes) in [("orders", ["--bought", "--not-bought"]), ("actions", ["--done", "--not-done"])] {
            let help = try await Program.run(command, "resolve", "--help").output
            for line in help.split(separator: "\n") where line.contains("purser \(command) resolve <") {
                #expect(outcomes.count { line.contains(" \($0) ") } == 1, "\(line)")
            }
            for outcome in outcomes { #expect(help.contains("> \(outcome) ")) }
        }
    }

    @Test func `a reader that has seen enough ends a command without a word`() throws {
        // As the program does first of all.
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let failure = #expect(throws: CommandFailure.self) { try Terminal(descriptor: ends[1]).tell("a page") }
        #expect(failure?.text == "" && failure?.status == ExitStatus.stopped(by: SIGPIPE))
        let full = #expect(throws: CommandFailure.self) { try Terminal(descriptor: -1).tell("a page") }
        #expect(full?.text.isEmpty == false && full?.status == ExitStatus.failure)
    }

    @Test func `the help of serve has every key of the configuration`() async throws {
        let help = try await Program.run("serve", "--help").output
        for section in SettingTable.sections {
            for entry in section.entries { #expect(help.contains("  \(section.path)\(entry.name) (")) }
        }
    }

    @Test(arguments: [
        ("missing/purser.db", "is not a directory"), ("purser.yaml", "is not an SQLite database"),
        ("/", "is not an SQLite database"),
    ])
    func `a database that is refused ends the start with 2 and one line`(path: String, reason: String) async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file(
            "purser.yaml", "database: { path: \(path) }\nvendors: { a: { kind: legacy, api_key: { env: KEY } } }\n")
        let result = try await Program.run("serve", environment: ["KEY": "canary"], in: directory.path)
        #expect(result.status == 2)
        #expect(result.error.contains(reason), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1)
        #expect(!result.error.contains("canary"))
    }

    @Test func `a step that does not exist is refused before anything starts`() async throws {
        let directory = try GatewayDirectory()
        let result = try await Program.run(
            "serve", environment: ["PURSER_CRASH_AT": "lunch"], in: directory.path)
        #expect(result.status == 2)
        #expect(result.error.hasPrefix("purser: PURSER_CRASH_AT is a step"))
    }
}

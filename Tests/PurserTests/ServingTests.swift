import ExactJSON
import Foundation
import Testing

@testable import purser

/// The gateway as a process: its start, its neighbours, its keys and its end. The vendors are never called.
@Suite(.timeLimit(.minutes(2))) struct ServingTests {
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a signal stops it in good order`(signal: Int32) async throws {
        let directory = try GatewayDirectory()
        let server = try await directory.serve()
        server.signal(signal)
        #expect(await server.status() == 0)
        #expect(server.error.text.contains("\"message\":\"stopping\""))
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/purser.db.sock"))
    }

    @Test func `a second gateway on the same database is refused, and the first goes on`() async throws {
        let directory = try GatewayDirectory()
        let first = try await directory.serve()
        let second = try await Program.run("serve", in: directory.path)
        #expect(second.status == 2)
        #expect(
            second.error
                == "purser: \(directory.path)/purser.db is in use by another Purser (process \(first.identifier))\n")
        #expect(try await directory.run("keys", "list").status == 0)
        first.signal(SIGTERM)
        #expect(await first.status() == 0)
    }

    @Test func `a port that is taken is refused`() async throws {
        let (one, other) = (try GatewayDirectory(), try GatewayDirectory())
        let first = try await one.serve()
        let port = try #require(one.port(of: first))
        try other.configure(port: port)
        let second = try await Program.run("serve", in: other.path)
        #expect(second.status == 2)
        #expect(second.error == "purser: cannot listen on 127.0.0.1:\(port): Address already in use\n")
        first.signal(SIGTERM)
        #expect(await first.status() == 0)
    }

    @Test func `what it makes is for its user alone`() async throws {
        let directory = try GatewayDirectory()
        let server = try await directory.serve()
        for file in ["purser.db", "purser.db-wal", "purser.db-shm", "purser.db.lock", "purser.db.sock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(file)")
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
        }
        server.signal(SIGTERM)
        #expect(await server.status() == 0)
    }

    @Test func `a socket that a killed gateway left is taken over`() async throws {
        let directory = try GatewayDirectory()
        let killed = try await directory.serve()
        killed.signal(SIGKILL)
        #expect(await killed.status() == -SIGKILL)
        #expect(FileManager.default.fileExists(atPath: directory.path + "/purser.db.sock"))
        let next = try await directory.serve()
        #expect(try await directory.run("keys", "list").status == 0)
        next.signal(SIGTERM)
        #expect(await next.status() == 0)
    }

    @Test func `the line that says where it listens says what listens`() async throws {
        let directory = try GatewayDirectory()
        let server = try await directory.serve()
        server.signal(SIGTERM)
        #expect(await server.status() == 0)
        let line = server.error.text.split(separator: "\n").first { $0.contains("purser is listening") } ?? ""
        let told = try JSON(parsing: Array(line.utf8))
        #expect(told["version"]?.string == Purser.version)
        #expect(told["database"]?.string?.hasSuffix("purser.db") == true)
        #expect(told["vendors"] == "a")
    }

    @Test func `logs that nobody reads hold nothing up`() async throws {
        let directory = try GatewayDirectory()
        let server = try RunningProgram(["serve"], in: directory.path, readingErrorsUntil: "purser is listening")
        await server.error.end()
        #expect(try await directory.run("keys", "list").status == 0)
        server.signal(SIGTERM)
        #expect(await server.status() == 0)
    }

    @Test func `nothing else is opened under the numbers of closed standard streams`() async throws {
        let directory = try GatewayDirectory()
        let server = try RunningProgram(["serve"], in: directory.path, redirection: "<&- >&- 2>&-")
        while !FileManager.default.fileExists(atPath: directory.path + "/purser.db.sock") { await Task.yield() }
        for descriptor in 0...2 {
            let path = "/proc/\(server.identifier)/fd/\(descriptor)"
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/null")
        }
        server.signal(SIGTERM)
        #expect(await server.status() == 0)
    }

    @Test(arguments: [false, true])
    func `a key whose token nobody can read is not made in silence`(isServing: Bool) async throws {
        let directory = try GatewayDirectory()
        let server = isServing ? try await directory.serve() : nil
        let arguments = ["keys", "create", "--client", "a", "--role", "buyer"]
        let made = try RunningProgram(arguments, in: directory.path, redirection: "<&- >&-")
        #expect(await made.status() == 1)
        #expect(made.error.text.contains("the token could not be printed; revoke the key with"))
        server?.signal(SIGTERM)
        if let server { #expect(await server.status() == 0) }
    }

    // MARK: Keys

    @Test(arguments: [false, true])
    func `keys are made, listed and revoked, with or without a gateway`(isServing: Bool) async throws {
        let directory = try GatewayDirectory()
        let server = isServing ? try await directory.serve() : nil

        let token = try await directory.run("keys", "create", "--client", "crawler", "--role", "buyer")
        #expect(token.status == 0)
        #expect(token.output.hasPrefix("pk_"))
        #expect(token.output.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(token.error.isEmpty)

        let made = try await directory.run("keys", "create", "--client", "audit", "--role", "auditor", "--json")
        let key = try JSON(parsing: Array(made.output.utf8.dropLast()))
        let id = try #require(key["id"]?.string)
        #expect(key["role"] == "auditor")
        #expect(key["token"]?.string?.hasPrefix("pk_") == true)

        let revoked = try await directory.run("keys", "revoke", id)
        #expect(revoked.status == 0)
        #expect(revoked.output == "revoked \(id) of audit\n")

        let list = try JSON(parsing: Array(try await directory.run("keys", "list", "--json").output.utf8))
        #expect(list.array?.map { $0["client"]?.string } == ["crawler", "audit"])
        #expect(list.array?.map { $0["revoked_at"]?.isNull } == [true, false])
        #expect(list.array?.allSatisfy { $0["token"] == nil } == true)

        let table = try await directory.run("keys", "list").output
        #expect(table.split(separator: "\n").count == 3)
        #expect(table.hasPrefix("ID "))

        server?.signal(SIGTERM)
        if let server { #expect(await server.status() == 0) }
    }

    @Test(arguments: [["list"], ["revoke", "key_01JDA3ZK6V0Y8N5T2W4X6R9QHC"]])
    func `no database is made where there are no keys to see`(words: [String]) async throws {
        let directory = try GatewayDirectory()
        let program = try RunningProgram(["keys"] + words, in: directory.path)
        #expect(await program.status() == 2)
        #expect(program.error.text.contains("there is no database at "))
        #expect(program.error.text.contains("purser.db"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["key", "purser.yaml"])
    }

    @Test(arguments: [false, true])
    func `a key that cannot be made or is not there ends with 1`(isServing: Bool) async throws {
        let directory = try GatewayDirectory()
        let server = isServing ? try await directory.serve() : nil
        let unnamed = try await directory.run("keys", "create", "--client", "a b", "--role", "buyer")
        #expect(unnamed.status == 1)
        #expect(unnamed.error.hasSuffix(": 1 to 64 letters, digits, dots, _ and -\n"))
        let absent = try await directory.run("keys", "revoke", "key_01JDA3ZK6V0Y8N5T2W4X6R9QHC")
        #expect(absent.status == 1)
        #expect(absent.error == "purser: there is no such key\n")
        server?.signal(SIGTERM)
        if let server { #expect(await server.status() == 0) }
    }

    // MARK: Check

    @Test func `a vendor that cannot be reached fails the check`() async throws {
        let directory = try GatewayDirectory()
        let result = try await Program.run("check", environment: GatewayDirectory.environment, in: directory.path)
        #expect(result.status == 1)
        #expect(
            result.output.contains("vendor a       failed  cannot be reached: connection_refused"), "\(result.output)")
        #expect(result.error == "purser: failed: a\n")
        #expect(!result.output.contains("canary"))
    }
}

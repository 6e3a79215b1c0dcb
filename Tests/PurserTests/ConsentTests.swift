import ArgumentParser
import ExactJSON
import Foundation
import PurchasingTestKit
import Synchronization
import Testing

@testable import purser

/// What cannot be taken back is asked about first.
@Suite(.timeLimit(.minutes(2))) struct ConsentTests {
    /// Whether it goes on, and what was asked.
    private func outcome(isGiven: Bool = false, hasPerson: Bool = true, answer: String?) async -> (
        CommandFailure?, String
    ) {
        let asked = Mutex("")
        let consent = Consent(isGiven: isGiven, hasPerson: hasPerson) { question in
            asked.withLock { $0 += question }
            return answer
        }
        do {
            try await consent.require(to: "release batch bat_1") { "Release it\u{9B}?" }
            return (nil, asked.withLock { $0 })
        } catch {
            return (error as? CommandFailure, asked.withLock { $0 })
        }
    }

    @Test(arguments: ["y", "Y", "yes", " YES \r"]) func `a yes is a yes`(answer: String) async {
        let (failure, asked) = await outcome(answer: answer)
        #expect(failure == nil)
        #expect(asked == "Release it\\u{9B}? [y/N] ")
    }

    @Test(arguments: [nil, "", "n", "no", "yep", "y es"]) func `anything else is none, and nothing is sent`(
        answer: String?
    )
        async
    {
        let (failure, _) = await outcome(answer: answer)
        #expect(failure?.status == ExitStatus.refused && failure?.text == "that was no yes; nothing was sent")
    }

    @Test func `nobody is asked who has said it, or where nobody is`() async {
        let (given, unasked) = await outcome(isGiven: true, hasPerson: false, answer: nil)
        #expect(given == nil && unasked.isEmpty)
        let (alone, asked) = await outcome(hasPerson: false, answer: "y")
        #expect(alone?.status == ExitStatus.refused && asked.isEmpty)
        #expect(alone?.text == "nobody is here to ask: to release batch bat_1, add --yes; nothing was sent")
    }

    static let webhook = "whk_01JDA3ZK6V0Y8N5T2W4X6R9QHC"
    static let destructive = [
        ["batches", "refresh", "bat_1"], ["batches", "rotate-password", "bat_1"], ["batches", "release", "bat_1"],
        ["ips", "replace", "ip_1"], ["ips", "replace", "ip_1", "--batch", "bat_1", "--key", "k-1"],
    ]

    @Test(arguments: destructive + [["budgets", "remove", "crawler"], ["webhooks", "delete", "\(webhook)"]])
    func `without a terminal a command wants --yes, and sends nothing`(arguments: [String]) async throws {
        let server = try ScriptedServer { _ in .http(500, "{}") }
        defer { server.stop() }
        let program = try RunningProgram(
            arguments, environment: ["PURSER_API_KEY": "pk_1", "PURSER_URL": server.url], in: "/tmp")
        #expect(await program.status() == 2)
        #expect(program.error.text.hasPrefix("purser: nobody is here to ask: to "), "\(program.error.text)")
        #expect(program.error.text.hasSuffix(" add --yes; nothing was sent\n"))
        #expect(program.output.text.isEmpty && server.connections == 0)
    }

    @Test(arguments: destructive)
    func `with --yes it is sent at once, after its key was told`(arguments: [String]) async throws {
        let id = ActionSubmissionTests.id
        let server = try ScriptedServer { _ in
            .http(201, #"{"id":"\#(id)","kind":"\#(arguments[1])","vendor":"v","status":"completed","total":null}"#)
        }
        defer { server.stop() }
        let program = try RunningProgram(
            arguments + ["--yes"], environment: ["PURSER_API_KEY": "pk_1", "PURSER_URL": server.url], in: "/tmp")
        #expect(await program.status() == 0, "\(program.error.text)")
        let key = try #require(program.error.text.firstMatch(of: /^purser: key (\S+); if this is interrupted/)?.1)
        #expect(arguments.contains("--key") ? key == "k-1" : key.hasPrefix(arguments[1] + "-"))
        #expect(server.requests.map { $0.headers["idempotency-key"] } == [String(key)])
        #expect(server.requests.map { $0.headers["prefer"] } == ["wait=2"])
        #expect(program.output.text.hasPrefix("\(id)  "))
    }

    @Test func `a question says what is at stake`() throws {
        let batch = try JSON(
            parsing:
                #"{"id":"bat_1","vendor":"helodata","country":"US","city":"newyork","quantity":20,"expires_at":"2026-06-28T10:00:00.000Z","replacements":{"free_until":"2026-06-11T10:00:00.000Z","remaining":2}}"#
        )
        #expect(
            BatchDeed.release.question(about: "bat_1", batch)
                == "Release batch bat_1, 20 IPs in US newyork at helodata, until 2026-06-28T10:00:00.000Z? Nothing is refunded."
        )
        #expect(BatchDeed.release.question(about: "bat_1", nil) == "Release batch bat_1? Nothing is refunded.")
        #expect(
            BatchDeed.refresh.question(about: "bat_1", ["quantity": 5]).hasPrefix(
                "Refresh batch bat_1, 5 IPs? Every IP"))
        let replace = try IPsCommand.Replace.parse(["ip_1", "--batch", "bat_1", "--max-total", "6"])
        #expect(
            replace.question(batch)
                == "Replace IP ip_1 of batch bat_1, 20 IPs in US newyork at helodata, until 2026-06-28T10:00:00.000Z? "
                + "The old one is gone at once. 2 free replacements are left.")
        #expect(replace.question(["replacements": ["remaining": 0]]).hasSuffix("so it is charged, for 6 USD at most."))
        #expect(
            try IPsCommand.Replace.parse(["ip_1"]).question(nil)
                == "Replace IP ip_1? The old one is gone at once. It may be charged, at any price, as no --max-total was given."
        )
    }
}

import ArgumentParser
import Foundation
import PurchasingTestKit
import Testing

@testable import purser

/// How `purser quote` ends.
@Suite(.timeLimit(.minutes(1))) struct QuoteTests {
    @Test(arguments: [("null", 1), ("\"helodata\"", 0)] as [(String, Int32)], [[], ["--json"]])
    func `a quote that nobody could take does not end well, and is shown all the same`(
        chosen: (json: String, status: Int32), form: [String]
    ) async throws {
        let answer = #"{"policy":"cheapest","chosen":\#(chosen.json),"data":[]}"#
        let server = try ScriptedServer { _ in .http(200, answer) }
        defer { server.stop() }
        let program = try RunningProgram(
            ["quote", "--product", "residential", "--gb", "1", "--url", server.url] + form,
            environment: ["PURSER_API_KEY": "pk_canary"], in: "/tmp")
        #expect(await program.status() == chosen.status)
        #expect(program.error.text.isEmpty)
        let shown = chosen.status == 0 ? "* helodata would be asked first" : "No vendor could take the order"
        #expect(program.output.text.contains(form.isEmpty ? shown : answer))
    }

    @Test func `its help says so`() {
        #expect(QuoteCommand.configuration.discussion.contains("1 also when no vendor could take the order"))
    }
}

import AsyncHTTPClient
import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// An operator stops buying: what the built program does meanwhile, after a restart, and when it goes on.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PauseTests {
    static let why = #"{"reason":"the invoices are being checked"}"#

    @Test func `while buying is paused nothing is bought, through a restart, and what waited is bought afterwards`()
        async throws
    {
        try await Rig.run { rig in
            var waiting: [String] = []
            try await rig.serving { api in
                let operating = api.with(rig.operatorKey)
                var slow = SandboxFault(.delay, on: .order)
                slow.delayMs = 400
                slow.times = nil
                try rig.vendors.legacy.queue(slow)
                for number in 1...3 {
                    let answer = try await api.buy(Body.ipv4, key: "k-\(number)", prefer: "respond-async")
                    waiting.append(answer.orderID)
                }
                // The vendor takes one at a time: the first is on its way, the others wait in its queue.
                while try await api.get("/orders/\(waiting[0])?wait=1").word == "pending" {}
                let paused = try await operating.call("POST", "/buying/pause", body: Self.why)
                #expect(paused.status == 200, "\(paused.text)")
                #expect(paused.json["paused"] == true)
                #expect(paused.json["reason"] == "the invoices are being checked")
                #expect(paused.json["by"] == "ops")

                for body in [Body.residential, Body.ipv4] {
                    let refused = try await api.buy(body, key: "new")
                    #expect(refused.status == 503, "\(refused.text)")
                    #expect(refused.word == "buying_paused")
                    #expect(refused.json["money_state"] == "not_spent")
                    #expect(refused.json["order_id"] == nil)
                    #expect(refused.json["detail"]?.string?.contains("the invoices are being checked") == true)
                    #expect(refused.headers["retry-after"] != nil)
                }
                let first = try await api.settled(waiting[0])
                #expect(first["status"] == "completed", "\(first.text)")
                #expect(try await api.buy(Body.ipv4, key: "k-1").headers["idempotent-replayed"] == "true")
                let renewal = try await api.act("/orders/\(waiting[0])/renew", #"{"days":30}"#, key: "r-1")
                #expect(renewal.status == 503, "\(renewal.text)")
                #expect(renewal.word == "buying_paused")
                for id in waiting.dropFirst() { #expect(try await api.get("/orders/\(id)").word == "pending") }
                #expect(try await api.call("POST", "/orders/\(waiting[1])/cancel").word == "canceled")
                let quote = try await api.call("POST", "/quotes", body: Body.residential)
                #expect(quote.status == 200)
                #expect(quote.json["buying_paused"]?["reason"] == "the invoices are being checked")
                let metrics = try await api.with(nil).get("/metrics").text
                #expect(metrics.contains("\npurser_buying_paused 1\n"))
            }
            try await rig.serving { api in
                let standing = try await api.with(rig.operatorKey).get("/buying")
                #expect(standing.json["paused"] == true, "\(standing.text)")
                #expect(try await api.buy(Body.residential, key: "new").word == "buying_paused")
                #expect(try await api.get("/orders/\(waiting[2])").word == "pending")
                #expect(rig.vendors.legacy.calls(of: .order) == 1)
                #expect(rig.vendors.heloData.calls(of: .order) == 0)
                #expect(try await api.call("POST", "/buying/resume").status == 403)
                let resumed = try await api.with(rig.operatorKey).call("POST", "/buying/resume")
                #expect(resumed.status == 200, "\(resumed.text)")
                #expect(resumed.json["paused"] == false)
                #expect(try await api.settled(waiting[2])["status"] == "completed")
                #expect(try await api.buy(Body.residential, key: "new").status == 201)
                let changes = try await api.with(rig.operatorKey).get("/buying").json["changes"]?.array ?? []
                #expect(changes.map { $0["paused"] } == [false, true])
                #expect(changes.allSatisfy { $0["by"] == "ops" })
                try await rig.booksAgree(api)
                #expect(rig.vendors.legacy.calls(of: .order) == 2)
            }
        }
    }

    @Test func `no purchase leaves after a pause was answered, however many are on their way`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                // Connections of its own: the pause does not queue behind the purchases.
                let client = HTTPClient()
                let operating = API(url: api.url, key: rig.operatorKey, client: client)
                var slow = SandboxFault(.delay, on: .order)
                slow.delayMs = 150
                slow.times = nil
                try rig.vendors.heloData.queue(slow)
                let body = #"{"product":"residential","gb":1}"#
                var sent: Set<String> = []
                let answers = try await withThrowingTaskGroup(of: API.Answer.self) { group in
                    for number in 0..<120 {
                        group.addTask { try await api.buy(body, key: "burst-\(number)", prefer: "wait=2") }
                    }
                    var answers: [API.Answer] = []
                    for try await answer in group {
                        answers.append(answer)
                        if answers.count == 20 {
                            let paused = try await operating.call("POST", "/buying/pause", body: Self.why)
                            #expect(paused.status == 200)
                            sent = try await Self.sent(operating)
                        }
                    }
                    return answers
                }
                #expect(answers.allSatisfy { [201, 202].contains($0.status) || $0.word == "buying_paused" })
                #expect(sent.count >= 20 && sent.count < 120)
                #expect(try await Self.sent(operating) == sent)
                #expect(rig.vendors.heloData.books.sold.count == sent.count)
                _ = try await operating.call("POST", "/buying/resume")
                try await client.shutdown()
                try await rig.booksAgree(api)
            }
            // It holds the order of the commits against the pause.
            let verified = try await rig.place.run(["verify", "--config", rig.place.configuration])
            #expect(verified.status == 0, "\(verified.output)")
        }
    }

    /// The orders of which something was, or may have been, sent.
    private static func sent(_ api: API) async throws -> Set<String> {
        let orders = try await api.get("/orders?limit=200").json["data"]?.array ?? []
        return Set(orders.filter { $0["attempts"]?.array?.isEmpty == false }.compactMap { $0["id"]?.string })
    }

    @Test func `a terminal pauses buying, shows it, and lets it go on`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let pause = try CommandProcess(
                    ["buying", "pause", "--reason", "a strange invoice"], url: api.url, key: rig.operatorKey)
                #expect(await pause.status() == 0, "\(pause.error)")
                let status = try CommandProcess(["buying", "status"], url: api.url, key: rig.operatorKey)
                #expect(await status.status() == 0, "\(status.error)")
                #expect(status.output.contains("paused"))
                #expect(status.output.contains("a strange invoice"))
                #expect(try await api.buy(Body.residential, key: "k").word == "buying_paused")
                let resume = try CommandProcess(["buying", "resume"], url: api.url, key: rig.operatorKey)
                #expect(await resume.status() == 0, "\(resume.error)")
                #expect(try await api.buy(Body.residential, key: "k").status == 201)
                try await rig.booksAgree(api)
            }
        }
    }
}

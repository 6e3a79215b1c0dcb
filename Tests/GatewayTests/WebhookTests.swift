import ExactJSON
import Foundation
import PurchasingTestKit
import Synchronization
import Testing
import VendorSandbox

/// The built program, and receivers of its events on real sockets.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WebhookTests {
    /// What a receiver was sent, and how it answers.
    final class Receiver: Sendable {
        let server: ScriptedServer
        let isDown: Switch

        init() throws {
            let isDown = Switch()
            self.isDown = isDown
            server = try ScriptedServer { _ in isDown.isOn ? .http(503, "") : .http(204, "") }
        }

        var host: String { String(server.url.dropFirst("http://".count)) }
        /// The ids in the order in which they came, each order's events apart.
        var taken: [String: [String]] {
            var taken: [String: [String]] = [:]
            for request in server.requests {
                let order = (try? JSON(parsing: request.text, as: .answer))?["data"]?["order_id"]?.string ?? ""
                taken[order, default: []].append(request.headers["webhook-id"] ?? "")
            }
            return taken
        }
    }

    final class Switch: Sendable {
        private let state = Mutex(false)
        var isOn: Bool { state.withLock { $0 } }
        func turn(on: Bool) { state.withLock { $0 = on } }
    }

    static func allow(_ receiver: Receiver, in place: Place) throws {
        let text = try String(contentsOfFile: place.configuration, encoding: .utf8)
        try (text + "\nwebhooks: { allowed_hosts: [\"\(receiver.host)\"], allow_http: true }\n").write(
            toFile: place.configuration, atomically: true, encoding: .utf8)
    }

    static func create(_ receiver: Receiver, _ api: API) async throws -> (id: String, secret: String) {
        let made = try await api.call("POST", "/webhooks", body: #"{"url":"\#(receiver.server.url)/in"}"#)
        #expect(made.status == 201, "\(made.text)")
        return (try #require(made.json["id"]?.string), try #require(made.json["secret"]?.string))
    }

    /// Waits until everything that happened was taken.
    static func untilAllTaken(_ id: String, _ api: API) async throws {
        while true {
            let pending = try await api.get("/webhooks/\(id)/deliveries?status=pending").json["data"]?.array
            if pending?.isEmpty == true { return }
        }
    }

    static func events(_ api: API) async throws -> [String: [String]] {
        var all: [String: [String]] = [:]
        for event in try await api.get("/events?limit=200").json["data"]?.array ?? [] {
            all[event["order_id"]?.string ?? "", default: []].append(event["id"]?.string ?? "")
        }
        return all
    }

    @Test func `every event of a purchase arrives once, in order, and no secret anywhere`() async throws {
        try await Rig.run { rig in
            let receiver = try Receiver()
            defer { receiver.server.stop() }
            try Self.allow(receiver, in: rig.place)
            let gateway = try await GatewayProcess.start(in: rig.place)
            let api = API(url: gateway.url, key: rig.buyer)
            let desk = api.with(rig.operatorKey)
            let (id, secret) = try await Self.create(receiver, desk)
            for number in 0..<5 { _ = try await api.buy(Body.residential, key: "k-\(number)") }
            _ = try await desk.settledOrders()
            try await Self.untilAllTaken(id, desk)
            #expect(receiver.taken == (try await Self.events(desk)))
            #expect(await gateway.stop() == 0)
            let key = String(secret.dropFirst("whsec_".count))
            let raw = try #require(Data(base64Encoded: key))
            let hex = raw.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            let sent = receiver.server.requests.map { "\($0.target) \($0.headers) \($0.text)" }.joined()
            for canary in [
                key, hex, rig.place.heloDataKey, rig.place.legacyKey, String(rig.buyer.suffix(43)),
                String(rig.operatorKey.suffix(43)),
            ] {
                #expect(!gateway.log.contains(canary) && !sent.contains(canary))
            }
            #expect(gateway.log.range(of: "127.0.0.1:\(receiver.host.split(separator: ":")[1])") == nil)
        }
    }

    @Test func `a receiver that was down gets everything from the next gateway, in order`() async throws {
        try await Rig.run { rig in
            let receiver = try Receiver()
            defer { receiver.server.stop() }
            receiver.isDown.turn(on: true)
            try Self.allow(receiver, in: rig.place)
            var id = ""
            try await rig.serving { api in
                id = try await Self.create(receiver, api.with(rig.operatorKey)).id
                for number in 0..<20 { _ = try await api.buy(Body.residential, key: "k-\(number)") }
                let desk = api.with(rig.operatorKey)
                while try await desk.get("/webhooks/\(id)").json["status"]?.string != "resting" {}
                #expect(receiver.server.requests.count < 20, "a receiver that is down is left alone")
            }
            receiver.isDown.turn(on: false)
            let inVain = receiver.server.requests.count
            try await rig.serving { api in
                let desk = api.with(rig.operatorKey)
                try await Self.untilAllTaken(id, desk)
                let taken = receiver.server.requests.dropFirst(inVain).compactMap { $0.headers["webhook-id"] }
                let events = try await Self.events(desk)
                #expect(Set(taken) == Set(events.values.flatMap { $0 }) && taken.count == Set(taken).count)
                for ids in events.values { #expect(taken.filter(ids.contains) == ids) }
            }
        }
    }

    @Test func `operators do all of it from a terminal`() async throws {
        try await Rig.run { rig in
            let receiver = try Receiver()
            defer { receiver.server.stop() }
            try Self.allow(receiver, in: rig.place)
            try await rig.serving { api in
                let run = { (arguments: [String]) in
                    let command = try CommandProcess(["webhooks"] + arguments, url: api.url, key: rig.operatorKey)
                    return (status: await command.status(), output: command.output, error: command.error)
                }
                let made = try await run([
                    "create", receiver.server.url + "/in", "--events", "order.*", "--description", "mine", "--json",
                ])
                #expect(made.status == 0, "\(made.error)")
                let id = try #require(try JSON(parsing: made.output)["id"]?.string)
                let refused = try await run(["create", "https://evil.example/"])
                #expect(refused.status == 1 && refused.error.contains("webhooks.allowed_hosts"), "\(refused.error)")
                _ = try await api.buy(Body.residential, key: "k-1")
                try await Self.untilAllTaken(id, api.with(rig.operatorKey))
                let event = try #require(receiver.server.requests.first?.headers["webhook-id"])
                for (arguments, part) in [
                    (["list"], "active"), (["show", id], "mine"), (["test", id], "204"),
                    (["deliveries", id, "--status", "delivered"], event),
                    (["resend", id, event], "sent again: \(event)"),
                    (["resend", id, "--failed-since", "2026-01-01"], "sent again: 0"), (["rotate", id], "whsec_"),
                    (["update", id, "--disable"], "disabled"),
                    (["resend", id, event], "queued: \(event)"), (["resend", id, event], "the webhook is disabled"),
                    (["delete", id, "--yes"], id),
                    (["list"], "No webhooks."),
                ] {
                    let done = try await run(arguments)
                    #expect(done.status == 0 && done.output.contains(part), "\(arguments) \(done)")
                }
                receiver.isDown.turn(on: true)
                #expect(try await run(["show", id]).status == 1)
                #expect(try await run(["show", "nothing"]).status == 64)
                #expect(try await run(["update", id]).status == 64)
            }
        }
    }
}

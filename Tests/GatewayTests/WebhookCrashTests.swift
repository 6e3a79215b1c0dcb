import Foundation
import PurchasingTestKit
import Testing

/// Ends of the process at a step of a delivery, which only a debug build has.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WebhookCrashTests {
    @Test func `a kill between the answer and its mark sends the event again, with the same id`() async throws {
        try await Rig.run { rig in
            let receiver = try WebhookTests.Receiver()
            defer { receiver.server.stop() }
            try WebhookTests.allow(receiver, in: rig.place)
            var id = ""
            try await rig.serving { api in
                id = try await WebhookTests.create(receiver, api.with(rig.operatorKey)).id
            }
            let dying = try await GatewayProcess.start(in: rig.place, crash: "told:2")
            let call = Task { try await API(url: dying.url, key: rig.buyer).buy(Body.residential, key: "k-1") }
            #expect(await dying.waitForEnd() == -SIGKILL)
            _ = await call.result
            let before = receiver.server.requests.compactMap { $0.headers["webhook-id"] }
            #expect(before.count >= 2)
            try await rig.serving { api in
                _ = try await api.settled(try await api.buy(Body.residential, key: "k-1").orderID)
                let desk = api.with(rig.operatorKey)
                try await WebhookTests.untilAllTaken(id, desk)
                let all = receiver.server.requests.compactMap { $0.headers["webhook-id"] }
                let events = try await WebhookTests.events(desk).values.flatMap { $0 }
                #expect(Set(all) == Set(events))
                #expect(all.count > Set(all).count, "the one that was not marked came twice")
                let order = all.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
                #expect(order == events)
            }
        }
    }
}

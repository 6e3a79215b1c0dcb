import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// How long callers are asked to pause when a vendor could not be had. Every case ends with the vendors' books.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RetryAfterTests {
    static let impatient = Tuning(timeout: "1s", settleTime: "1s")

    private static func pause(in answer: API.Answer) throws -> Int {
        #expect(answer.status == 503 && answer.word == "vendor_unavailable", "\(answer.text)")
        #expect(answer.json["retry_action"] == "new_key")
        return try #require(answer.headers["retry-after"].flatMap { Int($0) }, "no Retry-After: \(answer.text)")
    }

    private static func turnedAway(_ target: SandboxCall, _ seconds: String?) -> SandboxFault {
        var fault = SandboxFault(.status, on: target)
        (fault.status, fault.retryAfter) = (429, seconds)
        return fault
    }

    @Test func `an order that a vendor turned away tells for how long, whenever it is asked for`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try rig.vendors.heloData.queue(Self.turnedAway(.order, "600"))
                let first = try Self.pause(in: await api.buy(Body.residential, key: "k-1"))
                #expect((590...600).contains(first))
                let again = try Self.pause(in: await api.buy(Body.residential, key: "k-1"))
                #expect((560...first).contains(again))
            }
            try await rig.serving { api in
                let later = try Self.pause(in: await api.buy(Body.residential, key: "k-1"))
                #expect((500...600).contains(later))
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.isEmpty)
            }
        }
    }

    @Test func `so does an action`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let order = try await api.settled(api.buy(Body.isp, key: "k-1").orderID)
                let path = "/orders/\(order["id"]?.string ?? "")/renew"
                try rig.vendors.heloData.queue(Self.turnedAway(.renew, "600"))
                for _ in 1...2 {
                    let pause = try Self.pause(in: await api.act(path, #"{"months":1}"#, key: "renew"))
                    #expect((560...600).contains(pause))
                }
                try await rig.booksAgree(api, acting: [order["id"]?.string ?? ""])
            }
        }
    }

    @Test func `where no vendor said how long, a short pause is told`() async throws {
        try await Rig.run(tuning: Self.impatient) { rig in
            try await rig.serving { api in
                try rig.vendors.legacy.queue(SandboxFault(.drop, on: .order))
                let order = try await api.settled(
                    api.buy(Body.ipv4, key: "k-1", prefer: "respond-async").orderID)
                #expect(order["status"] == "failed", "\(order.text)")
                #expect(try Self.pause(in: await api.buy(Body.ipv4, key: "k-1")) == 30)
                try await rig.booksAgree(api)
            }
        }
    }
}

import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// Orders whose answer was lost at a vendor whose clock is not ours. Every case ends with the vendors' books.
@Suite(.serialized, .timeLimit(.minutes(4))) struct VendorClockTests {
    /// Nothing is sent again, so that only the list can tell; and evidence is read for long enough to see a clock tick.
    static let listOnly = Tuning(settleTime: "36s", resendWindow: "1ms")
    static let day = 86_400

    /// Buys ISP IPs whose answer is lost after the sale, and says how the order ends.
    private func lost(_ body: String = Body.isp, at vendor: KeyPath<SandboxVendors, SandboxVendor>, _ rig: Rig)
        async throws -> JSON
    {
        var order = JSON.null
        try await rig.serving { api in
            try rig.vendors[keyPath: vendor].queue(SandboxFault(.processThenDrop, on: .order))
            order = try await api.settled(api.buy(body, key: "k-1", prefer: "respond-async").orderID)
            try await rig.booksAgree(api)
            #expect(rig.vendors[keyPath: vendor].books.sold.count == 1)
        }
        return order
    }

    @Test(arguments: [day, -day, 3 * 3600]) func `a clock that is off and ticks is told from ours`(seconds: Int)
        async throws
    {
        try await Rig.run(tuning: Self.listOnly) { rig in
            try rig.vendors.heloData.moveClock(seconds: seconds)
            let order = try await lost(at: \.heloData, rig)
            #expect(order["status"] == "completed", "\(order.text)")
            #expect(order["batch_id"]?.string == rig.vendors.heloData.books.sold.first?.batchID)
        }
    }

    @Test func `somebody else's batch of an hour before is not taken for the order by a clock that is off`()
        async throws
    {
        try await Rig.run(tuning: Self.listOnly) { rig in
            let other = #"{"product":"isp","country":"us","city":"newyork","quantity":5,"months":1}"#
            try rig.vendors.heloData.moveClock(seconds: Self.day - 3600)
            try rig.vendors.heloData.sellByHand(RefusalTests.patch(other))
            try rig.vendors.heloData.moveClock(seconds: 3600)
            var order = JSON.null
            try await rig.serving { api in
                try rig.vendors.heloData.queue(SandboxFault(.drop, on: .order))
                order = try await api.settled(api.buy(Body.isp, key: "k-1", prefer: "respond-async").orderID)
            }
            #expect(order["status"] == "unknown" && order["unknown"]?["needs_review"] == true, "\(order.text)")
        }
    }

    @Test(arguments: ["none", "Thu, 28 May 2026 10:00:00 GMT", "tomorrow"])
    func `a clock that is not told, or stands still, leaves the order to a person`(date: String) async throws {
        // One that cannot be read would tell no more later on.
        let tuning = date.hasSuffix("GMT") ? Self.listOnly : Tuning(settleTime: "3s", resendWindow: "1ms")
        try await Rig.run(tuning: tuning) { rig in
            try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"date_header":"\#(date)"}"#))
            let order = try await lost(at: \.heloData, rig)
            #expect(order["status"] == "unknown" && order["unknown"]?["needs_review"] == true, "\(order.text)")
            #expect(order["money_state"] == "maybe_spent")
        }
    }

    /// Goods in a list whose times are a day later than the `Date` beside it are not told by that clock.
    @Test func `a list by another clock than the date is no evidence`() async throws {
        try await Rig.run(tuning: Self.listOnly) { rig in
            try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"date_header":"clock-86400"}"#))
            let order = try await lost(at: \.heloData, rig)
            #expect(order["status"] == "unknown" && order["unknown"]?["needs_review"] == true, "\(order.text)")
        }
    }

    /// Legacy's balance and list prove a sale without times, so that they only must not stand in the way.
    @Test(arguments: ["clock", "none", "Thu, 28 May 2026 10:00:00 GMT"])
    func `an order at a vendor whose balance speaks is found whatever its clock tells`(date: String) async throws {
        try await Rig.run(tuning: Self.listOnly) { rig in
            try rig.vendors.legacy.moveClock(seconds: Self.day)
            try rig.vendors.legacy.change(settings: RefusalTests.patch(#"{"date_header":"\#(date)"}"#))
            let order = try await lost(Body.ipv4, at: \.legacy, rig)
            #expect(order["status"] == "completed", "\(order.text)")
        }
    }
}

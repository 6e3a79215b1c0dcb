import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// Orders whose answer was lost at a vendor whose clock is not ours. Every case ends with the vendors' books.
///
/// A clock has to be seen to tick, which takes ten seconds of it. So the cases wait at the same time, each with vendors, a
/// gateway and a folder of its own.
@Suite(.serialized, .timeLimit(.minutes(4))) struct VendorClockTests {
    /// Nothing is sent again, so that only the list can tell; and evidence is read for long enough to see a clock tick: a
    /// third of it lies more than ten seconds behind the first sample.
    static let listOnly = Tuning(settleTime: "31500ms", resendWindow: "1ms")
    static let day = 86_400
    static let frozen = "Thu, 28 May 2026 10:00:00 GMT"

    @Test func `a clock that is off is told from ours once it was seen to tick, and any other is no evidence`()
        async throws
    {
        try await withThrowingTaskGroup { group in
            group.addTask { try await notTakenForTheOrder() }
            group.addTask { try await leftToAPerson(Self.frozen) }
            group.addTask { try await listByAnotherClock() }
            group.addTask { try await decidedSooner() }
            try await group.waitForAll()
        }
    }

    /// The cases that take a third of the time or less, one after the other beside those that take all of it: so many
    /// gateways that start at once would hold each other up.
    private func decidedSooner() async throws {
        try await withThrowingTaskGroup { group in
            for seconds in [Self.day, -Self.day, 3 * 3600] { group.addTask { try await offAndTicking(seconds) } }
            try await group.waitForAll()
            for date in ["none", "tomorrow"] { group.addTask { try await leftToAPerson(date) } }
            for date in ["clock", "none", Self.frozen] { group.addTask { try await foundByBalance(date) } }
            try await group.waitForAll()
        }
    }

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

    /// A clock that is off and ticks is told from ours.
    private func offAndTicking(_ seconds: Int) async throws {
        try await Rig.run(tuning: Self.listOnly) { rig in
            try rig.vendors.heloData.moveClock(seconds: seconds)
            let order = try await lost(at: \.heloData, rig)
            #expect(order["status"] == "completed", "\(seconds): \(order.text)")
            #expect(order["batch_id"]?.string == rig.vendors.heloData.books.sold.first?.batchID)
        }
    }

    /// Somebody else's batch of an hour before is not taken for the order by a clock that is off.
    private func notTakenForTheOrder() async throws {
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

    /// A clock that is not told, or stands still, leaves the order to a person.
    private func leftToAPerson(_ date: String) async throws {
        // One that cannot be read would tell no more later on.
        let tuning = date == Self.frozen ? Self.listOnly : Tuning(settleTime: "3s", resendWindow: "1ms")
        try await Rig.run(tuning: tuning) { rig in
            try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"date_header":"\#(date)"}"#))
            let order = try await lost(at: \.heloData, rig)
            #expect(
                order["status"] == "unknown" && order["unknown"]?["needs_review"] == true, "\(date): \(order.text)")
            #expect(order["money_state"] == "maybe_spent")
        }
    }

    /// Goods in a list whose times are a day later than the `Date` beside it are not told by that clock.
    private func listByAnotherClock() async throws {
        try await Rig.run(tuning: Self.listOnly) { rig in
            try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"date_header":"clock-86400"}"#))
            let order = try await lost(at: \.heloData, rig)
            #expect(order["status"] == "unknown" && order["unknown"]?["needs_review"] == true, "\(order.text)")
        }
    }

    /// An order at a vendor whose balance speaks is found whatever its clock tells. Legacy's balance and list prove a sale
    /// without times, so that they only must not stand in the way.
    private func foundByBalance(_ date: String) async throws {
        try await Rig.run(tuning: Self.listOnly) { rig in
            try rig.vendors.legacy.moveClock(seconds: Self.day)
            try rig.vendors.legacy.change(settings: RefusalTests.patch(#"{"date_header":"\#(date)"}"#))
            let order = try await lost(Body.ipv4, at: \.legacy, rig)
            #expect(order["status"] == "completed", "\(date): \(order.text)")
        }
    }
}

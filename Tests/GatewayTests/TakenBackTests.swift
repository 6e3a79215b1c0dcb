import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// What a vendor takes back, or says that it does, though no page of its knows of such a thing. Every case ends with the
/// vendors' books.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TakenBackTests {
    private static func findings(_ id: String, _ api: API) async throws -> [JSON] {
        let events = try await api.get("/orders/\(id)/events").json["data"]?.array ?? []
        return events.filter { $0["type"] == "evidence.read" }
    }

    @Test func `a batch that its vendor calls refunded stays sold, and is told of once, also after a restart`()
        async throws
    {
        var sandbox = Rig.quick
        sandbox.heloData.readyAfterMs = 600_000
        try await Rig.run(sandbox: sandbox) { rig in
            var id = ""
            try await rig.serving { api in
                let order = try await api.buy(Body.isp, key: "k-1")
                id = order.orderID
                #expect(order.status == 201 && order.json["status"] == "provisioning", "\(order.text)")
                let sale = try #require(rig.vendors.heloData.books.sold.first)
                try rig.vendors.heloData.refund(sale.order, sale.price, state: "refunded")
                while try await Self.findings(id, api).isEmpty { await Task.yield() }
                let now = try await api.get("/orders/\(id)").json
                #expect(now["status"] == "provisioning" && now["money_state"] == "spent", "\(now.text)")
                #expect(now["total"] == order.json["total"])
            }
            try await rig.serving { api in
                // It is followed on, and comes to its end where the vendor changes its mind.
                let seen = rig.vendors.heloData.calls(of: .batch)
                while rig.vendors.heloData.calls(of: .batch) < seen + 4 { await Task.yield() }
                let told = try await Self.findings(id, api)
                #expect(told.map { $0["cause"]?.string } == ["undocumented_state"], "\(told)")
                #expect(told.first?["data"]?["state"] == "refunded")
                #expect(told.first?["state"] == "provisioning" && told.first?["previous"] == "provisioning")
                let sale = try #require(rig.vendors.heloData.books.sold.first)
                try rig.vendors.heloData.refund(sale.order, .zero, state: "active")
                try rig.vendors.heloData.change(settings: RefusalTests.patch(#"{"ready_after_ms":0}"#))
                #expect(try await api.settled(id)["status"] == "completed")
                try await rig.booksAgree(api)
            }
        }
    }
}

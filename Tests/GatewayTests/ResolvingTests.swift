import ExactJSON
import Testing
import VendorSandbox

/// What a person says was bought, at vendors in whose accounts somebody else buys too.
@Suite(.timeLimit(.minutes(2))) struct ResolvingTests {
    /// A vendor, and what is bought there by both.
    struct Place: Sendable, CustomTestStringConvertible {
        let vendor: @Sendable (SandboxVendors) -> SandboxVendor
        let body: String
        /// The stranger's order, in the vendor's own words.
        let other: String
        /// The name of the setting that says when goods are listed, in milliseconds after their sale.
        let delay: String
        let isBatch: Bool
        var settings: String { #"{"\#(delay)":5000}"# }
        var hidden: String { #"{"\#(delay)":3600000}"# }
        var shown: String { #"{"\#(delay)":0}"# }
        var testDescription: String { isBatch ? "helodata" : "legacy" }

        func id(_ sale: SandboxSale) -> String { (isBatch ? sale.batchID : sale.orderID) ?? "" }
    }

    static let places = [
        Place(
            vendor: { $0.heloData }, body: Body.isp,
            other: #"{"product":"isp","country":"us","city":"newyork","quantity":5,"months":1}"#,
            delay: "listed_after_ms", isBatch: true),
        Place(
            vendor: { $0.legacy }, body: Body.ipv4,
            other:
                #"{"proxyType":"IPv4","authType":"LOGIN","goal":"scraping","country":"DEU","quantity":3,"rentPeriodDays":30}"#,
            delay: "goods_after_ms", isBatch: false),
    ]

    /// The order, once an event of its timeline has a cause and passes a test.
    static func event(_ cause: String, of id: String, _ api: API, where isMeant: (JSON) -> Bool = { _ in true })
        async throws -> JSON
    {
        while true {
            let events = try await api.get("/orders/\(id)/events").json["data"]?.array ?? []
            if let event = events.first(where: { $0["cause"]?.string == cause && isMeant($0) }) { return event }
        }
    }

    static func resolve(_ id: String, _ members: String, _ api: API) async throws -> API.Answer {
        try await api.call("POST", "/orders/\(id)/resolve", body: #"{"outcome":"bought",\#(members)"reason":"seen"}"#)
    }

    @Test(arguments: places) func `a stranger's goods that look alike leave the order to be named`(place: Place)
        async throws
    {
        try await Rig.run(tuning: Tuning(settleTime: "2s", resendWindow: "1ms")) { rig in
            let vendor = place.vendor(rig.vendors)
            try vendor.change(settings: RefusalTests.patch(place.hidden))
            try await rig.serving { api in
                let person = api.with(rig.operatorKey)
                try vendor.queue(SandboxFault(.processThenDrop, on: .order))
                let id = try await api.buy(place.body, key: "k-1", prefer: "respond-async").orderID
                #expect(try await api.settled(id)["status"] == "unknown")
                let sale = try #require(vendor.books.sold.first)
                vendor.sellByHand(try RefusalTests.patch(place.other))
                let stranger = try #require(vendor.books.sold.last)
                let resolved = try await Self.resolve(id, "", person)
                #expect(resolved.json["flags"] == ["goods_not_found"], "\(resolved.text)")
                _ = try await Self.event("goods_not_named", of: id, api)
                // Both at once.
                try vendor.change(settings: RefusalTests.patch(place.shown))
                let told = try await Self.event("goods_not_named", of: id, api) {
                    $0["data"]?["candidates"]?.array?.count == 2
                }
                let ids = [place.id(sale), place.id(stranger)].sorted()
                #expect(told["data"]?["candidates"] == .array(ids.map(JSON.string)), "\(told.text)")
                #expect(try await api.get("/orders/\(id)").json["status"] == "provisioning")
                let again = try await Self.resolve(id, #""vendor_order_id":"\#(place.id(sale))","#, person)
                #expect(again.status == 200, "\(again.text)")
                let order = try await api.settled(id)
                #expect(order["status"] == "completed" && order["flags"] == [], "\(order.text)")
                #expect(order[place.isBatch ? "batch_id" : "vendor_order_id"]?.string == place.id(sale))
                #expect(try await Self.resolve(id, #""vendor_order_id":"x","#, person).status == 409)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test(arguments: places) func `an id of another order is refused, and the refusal says whose it is`(place: Place)
        async throws
    {
        try await Rig.run(tuning: Tuning(settleTime: "2s", resendWindow: "1ms")) { rig in
            let vendor = place.vendor(rig.vendors)
            try await rig.serving { api in
                let person = api.with(rig.operatorKey)
                let owner = try await api.settled(api.buy(place.body, key: "k-0").orderID)
                #expect(owner["status"] == "completed")
                try vendor.change(settings: RefusalTests.patch(place.settings))
                try vendor.queue(SandboxFault(.processThenDrop, on: .order))
                let id = try await api.buy(place.body, key: "k-1", prefer: "respond-async").orderID
                #expect(try await api.settled(id)["status"] == "unknown")
                for name in ["vendor_order_id", "batch_id"] {
                    guard let taken = owner[name]?.string else { continue }
                    let refused = try await Self.resolve(id, #""vendor_order_id":"\#(taken)","#, person)
                    #expect(refused.status == 422 && refused.json["errors"]?.array?.first?["code"] == "claimed")
                    #expect(refused.text.contains(owner["id"]?.string ?? "?"), "\(refused.text)")
                }
                #expect(try await Self.resolve(id, #""vendor_order_id":"no-such-id","#, person).status == 200)
                // HeloData's list names no orders here: what is not in it may be an order's id.
                if !place.isBatch { _ = try await Self.event("named_goods_not_listed", of: id, api) }
                let sale = try #require(vendor.books.sold.last)
                #expect(try await Self.resolve(id, #""vendor_order_id":"\#(place.id(sale))","#, person).status == 200)
                #expect(try await api.settled(id)["status"] == "completed")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test(arguments: places) func `what was decided outlives a kill before its goods were looked for`(place: Place)
        async throws
    {
        try await Rig.run(tuning: Tuning(settleTime: "2s", resendWindow: "1ms")) { rig in
            let vendor = place.vendor(rig.vendors)
            try vendor.change(settings: RefusalTests.patch(place.settings))
            let gateway = try await GatewayProcess.start(in: rig.place)
            let api = API(url: gateway.url, key: rig.buyer)
            try vendor.queue(SandboxFault(.processThenDrop, on: .order))
            let id = try await api.buy(place.body, key: "k-1", prefer: "respond-async").orderID
            _ = try await api.settled(id)
            #expect(try await Self.resolve(id, "", api.with(rig.operatorKey)).status == 200)
            await gateway.kill()
            try await rig.serving { api in
                let order = try await api.settled(id)
                #expect(order["status"] == "completed", "\(order.text)")
                let sale = try #require(vendor.books.sold.first)
                #expect(order[place.isBatch ? "batch_id" : "vendor_order_id"]?.string == place.id(sale))
                try await rig.booksAgree(api)
            }
        }
    }
}

import ExactJSON
import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `The legacy vendor over a socket` {
    /// Runs with an adapter of a scripted vendor that answers by the last word of the path, and closes both.
    private func withVendor(
        _ answers: [String: ScriptedServer.Act], time: Timepiece = .system, atCall: @escaping @Sendable () -> Void = {},
        _ body: (LegacyAdapter, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try ScriptedServer { request in
            let call = request.target.replacingOccurrences(of: "/client/api/v1/\(LegacyDialect.key)/", with: "")
            atCall()
            return answers[call] ?? .http(404, "")
        }
        defer { server.stop() }
        let adapter = try LegacyDialect.adapter(server.url, time: time)
        try await body(adapter, server)
        await adapter.close()
    }

    private func orderID() throws -> OrderID {
        try #require(Identifier("ord_00000000000000000000000001", kind: .order))
    }

    private func context() throws -> CallContext { CallContext(orderID: try orderID()) }

    @Test func `is sent the documented body of each type`() async throws {
        try await withVendor([:]) { adapter, _ in
            let bodies: [(OrderRequest, String)] = [
                (
                    .ipv4,
                    #"{"proxyType":"IPv4","authType":"LOGIN","goal":"scraping","country":"USA","quantity":2,"#
                        + #""rentPeriodDays":30}"#
                ),
                (
                    .ipv6,
                    #"{"proxyType":"IPv6","authType":"IP","authIp":"203.0.113.7","goal":"scraping","country":"FRA","#
                        + #""quantity":5,"rentPeriodDays":360,"protocol":"SOCKS"}"#
                ),
                (
                    .mobile,
                    #"{"proxyType":"MOBILE","authType":"LOGIN","goal":"scraping","country":"USA","quantity":1,"#
                        + #""rentPeriodDays":30,"promoCode":"SAVE10","rotationTime":300,"mobileOperator":"verizon"}"#
                ),
                (
                    .isp,
                    #"{"proxyType":"ISP","authType":"LOGIN","goal":"testing","country":"DEU","quantity":2,"#
                        + #""rentPeriodDays":30}"#
                ),
            ]
            for (request, body) in bodies {
                #expect(Vendor(name: "legacy", adapter: adapter).objections(to: request).isEmpty)
                #expect(String(decoding: adapter.purchaseBody(for: request), as: UTF8.self) == body)
            }
        }
    }

    @Test func `is asked for its goods, and then for price and balance, before a purchase`() async throws {
        let clock = ManualClock()
        let begun = clock.now
        try await withVendor(
            [
                "calculate/order": .http(200, fixture("calculate-order.ok")),
                "ipAddress": .http(200, fixture("ipAddress.assumed-grouped")),
            ], time: clock.timepiece, atCall: { clock.advance(by: .seconds(100)) }
        ) { adapter, server in
            let prepared = await adapter.prepare(.ipv4, context: try context())
            let baseline = Baseline(balance: .usd("7.18"), goods: ["1112223334283d122"])
            // However long the list took, the price is as old as its own call.
            let pricedAt = begun.advanced(by: .seconds(100))
            #expect(prepared == .ready(price: .usd("1.31"), baseline: baseline, pricedAt: pricedAt))
            #expect(server.requests.map(\.method) == ["GET", "POST"])
            #expect(
                server.requests.last?.text
                    == #"{"proxyType":"IPv4","quantity":2,"rentPeriodDays":30,"country":"USA","goal":"scraping"}"#)
            #expect(server.connections == 2)
        }
    }

    @Test func `is told the trace of an order in every call for it, and of nothing else`() async throws {
        try await withVendor([
            "calculate/order": .http(200, fixture("calculate-order.ok")),
            "ipAddress": .http(200, fixture("ipAddress.assumed-grouped")), "balance": .http(200, fixture("balance.ok")),
        ]) { adapter, server in
            let watched = Vendor(name: "legacy", adapter: adapter).adapter
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
            let context = CallContext(orderID: try orderID(), traceparent: trace)
            _ = await watched.prepare(.ipv4, context: context)
            _ = await watched.purchase(
                PurchaseCall(
                    request: .ipv4, body: watched.purchaseBody(for: .ipv4), key: nil, baseline: nil, quotedPrice: nil,
                    context: context), late: { _ in })
            _ = try await watched.account()
            _ = await watched.quote(.ipv4, context: CallContext(orderID: nil))
            let calls = server.requests.map { $0.target.split(separator: "/").last ?? "" }
            #expect(calls == ["ipAddress", "order", "order", "balance", "order"])
            let told = server.requests.map { $0.headers["traceparent"] }
            #expect(told.suffix(2) == [nil, nil])
            let parents = try told.prefix(3).map { text in
                let text = try #require(text)
                #expect(text.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") && text.hasSuffix("-00"))
                return String(text.dropFirst(36).prefix(16))
            }
            #expect(Set(parents + ["b7ad6b7169203331"]).count == 4)
        }
    }

    @Test(arguments: ["{}", #"{"success":true}"#, "<html>", #"{"success":false,"error":{"code":4,"message":"x"}}"#])
    func `goes on without a list that cannot be understood`(_ list: String) async throws {
        try await withVendor([
            "calculate/order": .http(200, fixture("calculate-order.ok")), "ipAddress": .http(200, list),
        ]) { adapter, _ in
            guard case .ready(let price, let baseline, _) = await adapter.prepare(.ipv4, context: try context()) else {
                Issue.record("the purchase may go")
                return
            }
            #expect(price == .usd("1.31"))
            #expect(baseline == Baseline(balance: .usd("7.18"), goods: nil))
        }
    }

    @Test func `is not bought from while it cannot be asked`() async throws {
        let ok = ScriptedServer.Act.http(200, fixture("calculate-order.ok"))
        let list = ScriptedServer.Act.http(200, fixture("ipAddress.assumed-grouped"))
        let cases: [([String: ScriptedServer.Act], Preparation)] = [
            (
                ["calculate/order": .http(500, ""), "ipAddress": list],
                .unavailable(reason: "status_500", retryAfter: nil)
            ),
            (
                ["calculate/order": .reset, "ipAddress": list],
                .unavailable(reason: "connection_lost", retryAfter: nil)
            ),
            (
                ["calculate/order": ok, "ipAddress": .http(503, "")],
                .unavailable(reason: "status_503", retryAfter: nil)
            ),
            (
                ["calculate/order": ok, "ipAddress": .http(429, "", headers: ["Retry-After": "8"])],
                .unavailable(reason: "rate_limited", retryAfter: .seconds(8))
            ),
            (
                ["calculate/order": ok, "ipAddress": .http(200, fixture("balance.error-api-key"))],
                .refused(Refusal(.authFailed))
            ),
            (["calculate/order": .http(403, ""), "ipAddress": list], .refused(Refusal(.authFailed))),
        ]
        for (answers, expected) in cases {
            try await withVendor(answers) { adapter, server in
                let prepared = await adapter.prepare(.ipv4, context: try context())
                #expect(prepared == expected)
                #expect(!server.requests.contains { $0.target.hasSuffix("/v1/order") })
            }
        }
    }

    @Test func `tells its balance as documented`() async throws {
        try await withVendor(["balance": .http(200, fixture("balance.ok"))]) { adapter, _ in
            let account = try await adapter.account()
            #expect(account == VendorAccount(balance: .usd("25.03"), kycStatus: nil))
        }
        try await withVendor(["balance": .http(200, fixture("balance.error-api-key"))]) { adapter, _ in
            await #expect(throws: VendorError.authFailed) { try await adapter.account() }
        }
        try await withVendor(["balance": .http(200, #"{"success":true,"balance":null}"#)]) { adapter, _ in
            await #expect(throws: VendorError.unreadable("balance")) { try await adapter.account() }
        }
    }

    @Test func `follows all sales by one list`() async throws {
        try await withVendor(["ipAddress": .http(200, fixture("ipAddress.assumed-grouped"))]) { adapter, server in
            let listed = try #require(Identifier("ord_00000000000000000000000001", kind: .order))
            let late = try #require(Identifier("ord_00000000000000000000000002", kind: .order))
            let nameless = try #require(Identifier("ord_00000000000000000000000003", kind: .order))
            let states = await adapter.follow([
                Sale(orderID: listed, request: .ipv4, vendorOrderID: "1112223334283d122", batchID: nil),
                Sale(orderID: late, request: .ipv4, vendorOrderID: "99", batchID: nil),
                Sale(orderID: nameless, request: .ipv4, vendorOrderID: nil, batchID: nil),
            ])
            #expect(states[listed]?.count == 2 && states[listed]?.isReady == true && states[listed]?.flags == [])
            #expect(states[listed]?.expiresAt == Date(rfc3339: "2026-06-27T10:00:00.220Z"))
            #expect(states[late] == GoodsState(count: 0, isReady: false))
            #expect(states[nameless] == nil)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [
        (1, "US", false, ["more_than_ordered"]), (3, "US", false, ["short"]), (2, "DE", true, ["substituted"]),
    ])
    func `is ready with the ordered number of IPs`(
        _ ordered: Int, _ country: String, _ isReady: Bool, _ flags: [String]
    ) async throws {
        try await withVendor(["ipAddress": .http(200, fixture("ipAddress.assumed-grouped"))]) { adapter, _ in
            var request = OrderRequest.ipv4
            request.quantity = ordered
            request.country = Country(country)
            let id = try orderID()
            let sale = Sale(orderID: id, request: request, vendorOrderID: "1112223334283d122", batchID: nil)
            let state = await adapter.follow([sale])[id]
            #expect(state?.isReady == isReady)
            #expect(state?.flags == flags)
        }
    }

    @Test func `names every field that it cannot honour`() async throws {
        try await withVendor([:]) { adapter, _ in
            let faults = { (change: (inout OrderRequest) -> Void) -> [Fault.Place] in
                var request = OrderRequest.ipv4
                change(&request)
                return Vendor(name: "legacy", adapter: adapter).objections(to: request).map(\.place)
            }
            #expect(faults { $0.city = "newyork" } == [.pointer("/city")])
            #expect(faults { $0.asn = 7922 } == [.pointer("/asn")])
            #expect(faults { $0.subuser = "sub_1" } == [.pointer("/subuser")])
            #expect(faults { $0.proxyProtocol = .http } == [.pointer("/protocol")])
            #expect(faults { $0.rental = nil } == [.pointer("/months")])
            #expect(faults { $0 = .fiftyGB } == [.pointer("/product")])
            #expect(faults { $0.product = .ipv6 } == [.pointer("/protocol")])
            #expect(faults { $0.goal = nil }.isEmpty)
        }
        let goalless = try LegacyAdapter(settings: LegacySettings(apiKey: Secret("k")))
        #expect(
            Vendor(name: "legacy", adapter: goalless).objections(to: .isp)
                == [Fault(.pointer("/goal"), "required", "legacy needs goal")])
        await goalless.close()
    }

    @Test(arguments: ["", "a/b", "../x", "a b", "k%2F", "k?x"]) func `is not called with a key that is no word`(
        _ key: String
    ) {
        let error = #expect(throws: (any Error).self) {
            try LegacyAdapter(settings: LegacySettings(apiKey: Secret(key)))
        }
        #expect(key.isEmpty || !"\(String(describing: error))".contains(key))
    }
}

extension OrderRequest {
    fileprivate static let fiftyGB = OrderRequest(product: .residential, gb: Millionths("50"))
}

import ExactJSON
import Foundation
import HeloDataVendor
import Purchasing
import PurchasingTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `HeloData over a socket` {
    /// Runs with an adapter of a scripted vendor that answers by path, and closes both.
    private func withVendor(
        time: Timepiece = .system, idempotency: Bool = true,
        _ answer: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Act,
        _ body: (HeloDataAdapter, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try ScriptedServer(answering: answer)
        defer { server.stop() }
        let adapter = try HeloDataDialect.adapter(server.url, time: time, idempotency: idempotency)
        try await body(adapter, server)
        await adapter.close()
    }

    private func sale(_ number: Int = 1, batch: String? = "bat_01HXabc", quantity: Int = 2) throws -> Sale {
        let id = try #require(Identifier("ord_0000000000000000000000000\(number)", kind: .order))
        var request = OrderRequest.twentyIPs
        request.quantity = quantity
        return Sale(orderID: id, request: request, vendorOrderID: "ord_01HXabc", batchID: batch)
    }

    private static func ips(_ count: Int, country: String = "US") -> String {
        let ips = (0..<count).map { #"{"ip":"198.51.100.\#($0)","port":8000,"country":"\#(country)"}"# }
        return "[\(ips.joined(separator: ","))]"
    }

    private func call(_ adapter: HeloDataAdapter) throws -> PurchaseCall {
        PurchaseCall(
            request: .twentyIPs, body: adapter.purchaseBody(for: .twentyIPs), key: "ord_key", baseline: nil,
            quotedPrice: nil, context: CallContext(orderID: try sale().orderID))
    }

    @Test(arguments: [true, false])
    func `sends the key of the order, unless the vendor is not trusted with one`(_ idempotency: Bool) async throws {
        try await withVendor(idempotency: idempotency, { _ in .http(200, HeloDataDialect.isp()) }) { adapter, server in
            #expect(adapter.traits.isIdempotent == idempotency)
            _ = await adapter.purchase(try call(adapter)) { _ in }
            let sent = try #require(server.requests.first)
            #expect(sent.method + " " + sent.target == "POST /v1/orders")
            #expect(sent.headers["idempotency-key"] == (idempotency ? "ord_key" : nil))
            #expect(sent.headers["authorization"] == "Bearer \(HeloDataDialect.key)")
            #expect(sent.text == String(decoding: adapter.purchaseBody(for: .twentyIPs), as: UTF8.self))
        }
    }

    @Test func `is not called again before the wait that it asked for is over`() async throws {
        let clock = Mutex(Date(timeIntervalSince1970: 1_780_000_000))
        let time = Timepiece(now: { clock.withLock { $0 } }, sleep: { wait in clock.withLock { $0 += wait.seconds } })
        let first = Mutex(true)
        try await withVendor(
            time: time,
            { _ in
                let isFirst = first.withLock { first in
                    defer { first = false }
                    return first
                }
                return isFirst ? .http(429, "", headers: ["Retry-After": "8"]) : .http(200, HeloDataDialect.isp())
            }
        ) { adapter, server in
            let eightSeconds = await adapter.purchase(try call(adapter)) { _ in }
            #expect(eightSeconds == .notSent(.rateLimited(retryAfter: .seconds(8))))
            clock.withLock { $0 += 6.0 }
            let twoSeconds = await adapter.purchase(try call(adapter)) { _ in }
            #expect(twoSeconds == .notSent(.rateLimited(retryAfter: .seconds(2))))
            await #expect(throws: VendorError.rateLimited(retryAfter: .seconds(2))) { try await adapter.account() }
            #expect(server.requests.count == 1)
            clock.withLock { $0 += 1.5 }
            guard case .bought = await adapter.purchase(try call(adapter), late: { _ in }) else {
                Issue.record("half a second is waited for")
                return
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test func `reads the documented account`() async throws {
        try await withVendor({ _ in .http(200, fixture("users-me.ok")) }) { adapter, server in
            let account = try await adapter.account()
            #expect(account == VendorAccount(balance: .usd("125.40"), kycStatus: "approved"))
            #expect(server.requests.first?.target == "/v1/users/me")
        }
    }

    @Test func `does not tell the key, even where the vendor repeats it`() async throws {
        let body = #"{"id":"usr_1","kyc_status":"\#(HeloDataDialect.key)"}"#
        try await withVendor({ _ in .http(200, body) }) { adapter, _ in
            let account = try await adapter.account()
            #expect(account.kycStatus == "<redacted>")
        }
    }

    @Test(arguments: [
        (401, "", VendorError.authFailed), (403, "{}", .authFailed), (500, "", .unavailable(reason: "status_500")),
        (408, "", .unavailable(reason: "status_408")), (302, "", .unavailable(reason: "redirected")),
        (429, "", .rateLimited(retryAfter: .seconds(30))), (200, "<html>", .unreadable("account")),
        (200, "[]", .unreadable("account")), (404, "", .refused(code: "status_404", message: nil)),
        (418, #"{"code":"teapot","message":"short"}"#, .refused(code: "teapot", message: "short")),
    ])
    func `tells why it could not be read`(_ status: Int, _ body: String, _ error: VendorError) async throws {
        try await withVendor({ _ in .http(status, body) }) { adapter, _ in
            await #expect(throws: error) { try await adapter.account() }
        }
    }

    @Test(
        arguments: [
            // The batch's own words and its IPs, and what follows from them.
            ("active", 2, "US", true, []), ("completed", 2, "us", true, []), ("resting", 2, "US", true, []),
            ("active", 1, "US", false, ["short"]), ("active", 0, "US", false, ["short"]),
            ("resting", 0, "US", false, []),
            ("resting", 1, "US", false, ["short"]), ("active", 3, "US", false, ["more_than_ordered"]),
            ("active", 2, "DE", true, ["substituted"]),
        ] as [(String, Int, String, Bool, [String])])
    func `is ready with the ordered number of IPs`(
        _ status: String, _ count: Int, _ country: String, _ isReady: Bool, _ flags: [String]
    ) async throws {
        try await withVendor({ request in
            request.target.hasSuffix("/ips?format=json")
                ? .http(200, Self.ips(count, country: country))
                : .http(200, #"{"id":"bat_01HXabc","status":"\#(status)","expires_at":"2026-06-28T10:00:00Z"}"#)
        }) { adapter, server in
            let state = try #require(await adapter.follow([try sale()]).values.first)
            #expect(state.count == count)
            #expect(state.isReady == isReady)
            #expect(state.flags == flags)
            #expect(state.expiresAt == Date(rfc3339: "2026-06-28T10:00:00Z"))
            #expect(
                server.requests.map(\.target) == [
                    "/v1/isp/batches/bat_01HXabc", "/v1/isp/batches/bat_01HXabc/ips?format=json",
                ])
        }
    }

    @Test(
        arguments: [
            ("resting", "resting", true), ("cancelled", "cancelled", false), ("Canceled", "Canceled", false),
            ("refunded", "refunded", false), ("failed", "failed", false), ("released", "released", false),
            (String(repeating: "x", count: 70), String(repeating: "x", count: 64), true),
            ("active", nil, true), ("provisioning", nil, false), ("", nil, true),
        ] as [(String, String?, Bool)])
    func `tells of a state that no page has, and waits on where the words say that it was taken back`(
        _ status: String, _ undocumented: String?, _ isReady: Bool
    ) async throws {
        try await withVendor({ request in
            request.target.hasSuffix("/ips?format=json")
                ? .http(200, Self.ips(2, country: "US"))
                : .http(200, #"{"id":"bat_01HXabc","status":"\#(status)"}"#)
        }) { adapter, _ in
            let state = try #require(await adapter.follow([try sale()]).values.first)
            #expect(state.undocumentedState == undocumented)
            #expect(state.isReady == isReady)
        }
    }

    @Test(
        arguments: [
            (#""city":"New York","asn":7922"#, []), (#""city":"NEWYORK","asn":null"#, []), (#""city":"""#, []),
            (#""city":"Miami","asn":7922"#, ["substituted"]), (#""city":"New York","asn":701"#, ["substituted"]),
        ] as [(String, [String])])
    func `tells of a city or a network that was not ordered`(_ place: String, _ flags: [String]) async throws {
        let ips = #"[{"ip":"198.51.100.1","country":"US",\#(place)},{"ip":"198.51.100.2","country":"US"}]"#
        try await withVendor({ $0.target.contains("/ips") ? .http(200, ips) : .http(404, "") }) { adapter, _ in
            let state = try #require(await adapter.follow([try sale()]).values.first)
            #expect(state.isReady)
            #expect(state.flags == flags)
        }
    }

    @Test func `is not asked for IPs while the batch says that they are not there`() async throws {
        try await withVendor({ _ in .http(200, #"{"data":{"id":"bat_01HXabc","status":"provisioning"}}"#) }) {
            adapter, server in
            let state = try #require(await adapter.follow([try sale()]).values.first)
            #expect(state.count == nil && !state.isReady && state.flags.isEmpty)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `is not gone while it lags`() async throws {
        try await withVendor({ _ in .http(404, "{}") }) { adapter, _ in
            let state = await adapter.follow([try sale()]).values.first
            #expect(state == GoodsState(count: nil, isReady: false))
        }
        try await withVendor({ $0.target.contains("/ips") ? .http(200, Self.ips(2)) : .http(404, "{}") }) {
            adapter, _ in
            let state = await adapter.follow([try sale()]).values.first
            #expect(state?.isReady == true)
        }
    }

    @Test func `counts an IP that is listed twice once`() async throws {
        let ip = #"{"ip":"198.51.100.42","port":8000}"#
        try await withVendor({ $0.target.contains("/ips") ? .http(200, "[\(ip),\(ip)]") : .http(404, "") }) {
            adapter, _ in
            let state = await adapter.follow([try sale()]).values.first
            #expect(state?.count == 1)
        }
    }

    @Test(arguments: ["", "{}", #"[{"port":1}]"#, "[1]", #"{"data":[],"has_more":true}"#])
    func `says nothing of a sale whose IPs cannot be read`(_ ips: String) async throws {
        try await withVendor({ $0.target.contains("/ips") ? .http(200, ips) : .http(404, "") }) { adapter, _ in
            let states = await adapter.follow([try sale()])
            #expect(states.isEmpty)
        }
    }

    @Test func `is asked once for many sales, and then only for those that may be ready`() async throws {
        let list = (1...8).map { #"{"id":"bat_\#($0)","status":"\#($0 == 3 ? "active" : "provisioning")"}"# }
        try await withVendor({ request in
            request.target.hasPrefix("/v1/isp/batches/")
                ? .http(200, Self.ips(2)) : .http(200, "[\(list.joined(separator: ","))]")
        }) { adapter, server in
            let states = await adapter.follow(try (1...8).map { try sale($0, batch: "bat_\($0)") })
            #expect(states.count == 8)
            #expect(states.filter(\.value.isReady).keys.map(\.text) == [try sale(3).orderID.text])
            #expect(server.requests.map(\.target) == ["/v1/isp/batches", "/v1/isp/batches/bat_3/ips?format=json"])
        }
    }

    @Test func `finds the batch of a sale that did not name it`() async throws {
        try await withVendor({ request in
            request.target == "/v1/isp/batches" ? .http(200, "[\(fixture("batch.assumed"))]") : .http(200, Self.ips(2))
        }) { adapter, _ in
            let state = await adapter.follow([try sale(batch: nil)]).values.first
            #expect(state?.isReady == true)
            #expect(state?.details["password"] == "<redacted>")
        }
    }

    @Test func `lists its batches in every likely spelling`() async throws {
        try await withVendor({ _ in .http(200, fixture("batches.assumed")) }) { adapter, _ in
            let goods = try await adapter.goods()
            #expect(goods.map(\.id) == ["bat_01HXabc", "bat_01HXdef"])
            #expect(goods.map(\.quantity) == [20, 5])
            #expect(goods.map(\.country) == [Country("US"), Country("DE")])
            #expect(goods.map(\.isReady) == [false, true])
            #expect(goods.map(\.shape) == [.isp, .isp])
            #expect(goods[0].endsAt == Date(rfc3339: "2026-06-28T10:00:00Z"))
            #expect(goods[1].startsAt == Date(rfc3339: "2026-05-01T08:00:00Z"))
        }
    }

    @Test func `is read page by page to the end`() async throws {
        let pages = [
            "/v1/isp/batches": #"{"data":[{"id":"bat_1"}],"next_cursor":"a b"}"#,
            "/v1/isp/batches?cursor=a%20b": #"{"data":[{"id":"bat_1"},{"id":"bat_2"}],"next_cursor":"c"}"#,
            "/v1/isp/batches?cursor=c": #"{"data":[],"next_cursor":null}"#,
        ]
        try await withVendor({ .http(200, pages[$0.target] ?? "") }) { adapter, server in
            let goods = try await adapter.goods()
            #expect(goods.map(\.id) == ["bat_1", "bat_2"])
            #expect(server.requests.count == 3)
        }
    }

    @Test(arguments: [
        #"{"data":[{"id":"bat_1"}],"next_cursor":"a"}"#, #"{"data":[{"status":"active"}]}"#, #"{"data":{}}"#, "{}",
        "null",
        #"{"data":[1]}"#, #"{"data":[],"next_cursor":7}"#, #"{"data":[],"has_more":true}"#, "<html>", "[",
        #"[{"id":"bat_1","size":1},{"id":"bat_1","size":2}]"#,
    ])
    func `is never read in part`(_ body: String) async throws {
        try await withVendor({ _ in .http(200, body) }) { adapter, _ in
            let error = await #expect(throws: VendorError.self) { try await adapter.goods() }
            guard case .unreadable = error else {
                Issue.record("\(body) gave \(String(describing: error))")
                return
            }
        }
    }

    @Test func `is asked for its stock in the words of its orders, page by page`() async throws {
        let pages = [
            "/v1/isp/inventory?country=us&asn=7922":
                #"{"data":[{"country":"us","asn":7922,"available":5}],"next_cursor":"a b"}"#,
            "/v1/isp/inventory?country=us&asn=7922&cursor=a%20b":
                #"{"data":[{"city":"dallas","asn":7922}],"next_cursor":null}"#,
        ]
        try await withVendor({ .http(200, pages[$0.target] ?? "") }) { adapter, server in
            let rows = try await adapter.stock(StockQuery(.isp, country: Country("USA"), asn: 7922))
            let us = Country("US")
            #expect(
                rows == [
                    InventoryRow(.isp, country: us, asn: 7922, available: 5),
                    InventoryRow(.isp, country: us, city: "dallas", asn: 7922),
                ])
            #expect(server.requests.map(\.method) == ["GET", "GET"])
        }
        try await withVendor({ _ in .http(200, "[]") }) { adapter, server in
            let rows = try await adapter.stock(StockQuery(.isp))
            #expect(rows.isEmpty)
            #expect(server.requests.map(\.target) == ["/v1/isp/inventory"])
            await #expect(throws: VendorError.refused(code: "not_offered", message: nil)) {
                try await adapter.stock(StockQuery(.residential))
            }
        }
    }

    @Test(arguments: [
        (404, "{}", VendorError.refused(code: "status_404", message: nil)), (200, "{}", .unreadable("inventory")),
        (200, "<html>", .unreadable("inventory")), (200, #"{"data":[],"has_more":true}"#, .unreadable("inventory")),
        (200, #"{"data":[],"next_cursor":"a"}"#, .unreadable("cursor_repeats")),
    ])
    func `says why its stock could not be read`(_ status: Int, _ body: String, _ error: VendorError) async throws {
        try await withVendor({ _ in .http(status, body) }) { adapter, _ in
            await #expect(throws: error) { try await adapter.stock(StockQuery(.isp)) }
        }
    }

    @Test func `is not asked for stock while it is nearly used up, and is bought from all the same`() async throws {
        let reset = Int(Date().timeIntervalSince1970) + 600
        let headers = [
            "X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset": "\(reset)",
        ]
        try await withVendor({ request in
            request.method == "GET" ? .http(200, "[]", headers: headers) : .http(200, HeloDataDialect.isp())
        }) { adapter, server in
            _ = try await adapter.stock(StockQuery(.isp))
            let error = await #expect(throws: VendorError.self) { try await adapter.stock(StockQuery(.isp)) }
            guard case .rateLimited = error else {
                Issue.record("\(String(describing: error)) is no wait")
                return
            }
            let isBought =
                if case .bought = await adapter.purchase(try call(adapter), late: { _ in }) { true } else { false }
            #expect(isBought)
            #expect(server.requests.count == 2)
        }
    }

    @Test func `prepares with nothing but the list price`() async throws {
        try await withVendor({ _ in .hang }) { adapter, server in
            let prepared = await adapter.prepare(.twentyIPs, context: CallContext(orderID: try sale().orderID))
            #expect(prepared == .ready(price: nil, baseline: nil))
            #expect(server.connections == 0)
        }
    }
}

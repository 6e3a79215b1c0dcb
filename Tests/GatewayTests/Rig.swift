import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import NIOHTTP1
import Testing
import VendorSandbox

#if canImport(Glibc)
    import Glibc
#endif

/// The whole product for one test: sandbox vendors over HTTP, the built gateway, a database file, and callers' keys.
struct Rig: Sendable {
    let vendors: SandboxVendors
    let place: Place
    let buyer: String
    let other: String
    let operatorKey: String

    /// Sets everything up for the length of a closure, and afterwards holds the vendors' books against the orders.
    static func run(
        tuning: Tuning = Tuning(), sandbox: SandboxSettings = quick, _ body: (Rig) async throws -> Void
    ) async throws {
        let vendors = SandboxVendors(settings: sandbox)
        let ports = try await vendors.start()
        let place = try Place(
            heloData: ports.heloDataURL, heloDataKey: vendors.heloDataSettings.token, legacy: ports.legacyURL,
            legacyKey: vendors.legacySettings.apiKey, tuning: tuning)
        do {
            let rig = Rig(
                vendors: vendors, place: place, buyer: try await place.key(client: "crawler", role: "buyer"),
                other: try await place.key(client: "other", role: "buyer"),
                operatorKey: try await place.key(client: "ops", role: "operator"))
            try await body(rig)
        } catch {
            await vendors.stop()
            place.remove()
            throw error
        }
        await vendors.stop()
        place.remove()
    }

    /// Vendors that deliver at once.
    static let quick: SandboxSettings = {
        var settings = SandboxSettings()
        settings.heloData.readyAfterMs = 0
        settings.legacy.goodsAfterMs = 0
        return settings
    }()

    /// Runs a gateway for the length of a closure and stops it in good order.
    func serving(crash: String? = nil, _ body: (API) async throws -> Void) async throws {
        let gateway = try await GatewayProcess.start(in: place, crash: crash)
        do { try await body(API(url: gateway.url, key: buyer)) } catch {
            await gateway.kill()
            throw error
        }
        #expect(await gateway.stop() == 0)
        noSecrets(in: gateway.log)
    }

    /// No log line holds a vendor's key, a caller's secret or a proxy's password.
    func noSecrets(in log: String) {
        let secrets = [place.heloDataKey, place.legacyKey] + [buyer, other, operatorKey].map { String($0.suffix(43)) }
        for secret in secrets { #expect(!log.contains(secret), "a secret is in the log") }
    }

    /// Waits until no order is on its way, and holds the vendors' books against what the gateway says.
    /// - Parameter acting: the orders that were acted on, none of whose actions is on its way.
    func booksAgree(_ api: API, acting: [String]? = nil) async throws {
        let orders = try await api.with(operatorKey).settledOrders()
        var actions: [JSON]?
        for id in acting ?? [] {
            actions =
                try await (actions ?? [])
                + (api.with(operatorKey).get("/orders/\(id)/actions").json["data"]?.array ?? [])
        }
        try BookCheck(
            orders: orders, actions: actions, heloData: vendors.heloData.books, legacy: vendors.legacy.books
        ).run()
    }
}

/// Calls the gateway as a program would.
struct API: Sendable {
    let url: String
    let key: String?
    var client = HTTPClient.shared

    /// An answer, with its body read as exact JSON where it is JSON.
    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let json: JSON
        let text: String

        /// `code` of a problem, else the `status` of an order.
        var word: String { json["code"]?.string ?? json["status"]?.string ?? text }
        var orderID: String { (json["order_id"] ?? json["id"])?.string ?? "" }
    }

    /// The same gateway with another key; nil for none.
    func with(_ key: String?) -> API { API(url: url, key: key, client: client) }

    func call(_ method: String, _ path: String, body: String? = nil, headers: [String: String] = [:]) async throws
        -> Answer
    {
        var request = HTTPClientRequest(url: url + path)
        request.method = .RAW(value: method)
        if let key { request.headers.add(name: "Authorization", value: "Bearer " + key) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await client.execute(request, timeout: .seconds(90))
        let text = String(buffer: try await response.body.collect(upTo: 16 << 20))
        let json: JSON
        do { json = try JSON(parsing: text, as: .answer) } catch { json = .null }
        let pairs = response.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: Int(response.status.code), headers: Dictionary(pairs) { $0 + ", " + $1 }, json: json, text: text)
    }

    func get(_ path: String) async throws -> Answer { try await call("GET", path) }

    /// Buys.
    func buy(_ body: String, key idempotencyKey: String, prefer: String? = nil) async throws -> Answer {
        var headers = ["Idempotency-Key": idempotencyKey]
        headers["Prefer"] = prefer
        return try await call("POST", "/orders", body: body, headers: headers)
    }

    /// An order once it is settled, or waits for a person.
    func settled(_ id: String) async throws -> JSON {
        while true {
            let order = try await get("/orders/\(id)?wait=20").json
            let status = try #require(order["status"]?.string, "\(order.text)")
            if ["completed", "failed", "canceled"].contains(status) { return order }
            if order["unknown"]?["needs_review"]?.bool == true { return order }
        }
    }

    /// Asks for an action.
    func act(
        _ path: String, _ body: String? = nil, method: String = "POST", key idempotencyKey: String,
        prefer: String? = nil
    ) async throws -> Answer {
        var headers = ["Idempotency-Key": idempotencyKey]
        headers["Prefer"] = prefer
        return try await call(method, path, body: body, headers: headers)
    }

    /// An action once it is settled, or waits for a person.
    func settledAction(_ id: String) async throws -> JSON {
        while true {
            let action = try await get("/actions/\(id)?wait=20").json
            let status = try #require(action["status"]?.string, "\(action.text)")
            if ["completed", "failed"].contains(status) { return action }
            if action["unknown"]?["needs_review"]?.bool == true { return action }
        }
    }

    /// All orders, each settled or waiting for a person.
    func settledOrders() async throws -> [JSON] {
        var orders: [JSON] = []
        var path: String? = "/orders?limit=200"
        while let next = path {
            let page = try await get(next)
            for order in try #require(page.json["data"]?.array, "\(page.text)") {
                orders.append(try await settled(order["id"]?.string ?? ""))
            }
            path = page.json["next_cursor"]?.string.map { "/orders?limit=200&cursor=" + $0 }
        }
        return orders
    }
}

import ExactJSON
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

/// A whole gateway in memory, with one key for each role, whose every answer is held against the OpenAPI document.
struct Office: Sendable {
    let store: MemoryOrderStore
    let vendor: ScriptedVendor
    let cache: VendorCache
    let clock: ManualClock
    let ids: IdentifierSource
    let keys: KeyRing
    let tokens: [Role: String]
    /// A buyer's key of another client.
    let stranger: String
    /// What webhooks were sent.
    let courier: ScriptedCourier
    private let client: any TestClientProtocol

    /// Where a gateway over `.live` listens, on loopback.
    var port: Int? { client.port }

    /// Opens a gateway for the length of a closure, with or without what sends events to webhooks; over `.live`, behind its front door on a port of its own.
    static func open<Value: Sendable>(
        _ side: HTTPContract.Side = .network, vendor: ScriptedVendor = .idempotent(), others: [Vendor] = [],
        store: MemoryOrderStore = MemoryOrderStore(), over setup: TestingSetup = .router,
        writeTimeout: Duration = .seconds(10), sendsEvents: Bool = false,
        _ change: (inout HTTPContract.Settings) -> Void = { _ in },
        _ body: @escaping @Sendable (Office) async throws -> Value
    ) async throws -> Value {
        let clock = ManualClock()
        let ids = IdentifierSource(milliseconds: { UInt64(clock.now.milliseconds) })
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let vendors = [Vendor(name: "helodata", adapter: vendor)] + others
        let purchaser = Purchaser(store: store, vendors: vendors, ids: ids, logger: logger)
        let cache = VendorCache(vendors: vendors, timepiece: clock.timepiece)
        let keys = try await KeyRing(store: store, ids: ids, timepiece: clock.timepiece)
        var tokens: [Role: String] = [:]
        for role in Role.allCases { tokens[role] = try await keys.issue(client: "crawler", role: role).token.revealed }
        let stranger = try await keys.issue(client: "other", role: .buyer).token.revealed
        var settings = HTTPContract.Settings()
        settings.defaultWait = .seconds(20)
        change(&settings)
        let courier = ScriptedCourier(clock: clock)
        let sender = WebhookSender(
            store: store, courier: courier, timepiece: clock.timepiece, logger: logger, chance: { 0.5 })
        let webhooks = WebhookDesk(
            store: store,
            hosts: WebhookHosts(allowed: [.init("hooks.example.com"), .init("10.0.0.7:8080")].compactMap(\.self)),
            courier: courier, sender: sender, ids: ids, timepiece: clock.timepiece)
        let contract = try HTTPContract(
            purchaser: purchaser, store: store, watched: store,
            inventory: Inventory(vendors: vendors, cache: cache, timepiece: clock.timepiece), keys: keys,
            webhooks: webhooks, settings: settings, ids: ids, timepiece: clock.timepiece)
        var door = DoorSettings(makeRequestID: { ids.next(.request).text })
        door.writeTimeout = writeTimeout
        let application = contract.application(for: side, server: .frontDoor(door), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { [tokens] group in
            group.addTask { await purchaser.run() }
            if sendsEvents { group.addTask { await sender.run() } }
            let value = try await application.test(setup) { client in
                try await body(
                    Office(
                        store: store, vendor: vendor, cache: cache, clock: clock, ids: ids, keys: keys, tokens: tokens,
                        stranger: stranger, courier: courier, client: client))
            }
            group.cancelAll()
            return value
        }
    }

    /// Calls, and holds the answer against the document.
    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ target: String, token: String? = nil, headers: HTTPFields = [:],
        body: String? = nil, at location: SourceLocation = #_sourceLocation
    ) async throws -> TestReply {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil, !headers.contains(.contentType) { headers[.contentType] = "application/json" }
        let response = try await client.execute(
            uri: target, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        let reply = TestReply(
            status: response.status.code, headers: response.headers, text: String(buffer: response.body),
            isHead: method == .head, trailers: response.trailerHeaders ?? [:])
        let path = String(target.prefix { $0 != "?" })
        let faults = ContractDocument.shared.faults(of: reply, to: method, path)
        #expect(faults.isEmpty, "\(method) \(path) \(reply.status) \(reply.text)", sourceLocation: location)
        for fault in faults { Issue.record("\(fault)", sourceLocation: location) }
        return reply
    }

    /// Calls with the key of a role.
    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ target: String, as role: Role, headers: HTTPFields = [:], body: String? = nil,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> TestReply {
        try await call(method, target, token: tokens[role], headers: headers, body: body, at: location)
    }

    /// Buys, as the buyer.
    @discardableResult
    func buy(
        _ body: String = Self.traffic, key: String = "k-1", token: String? = nil, headers: HTTPFields = [:],
        at location: SourceLocation = #_sourceLocation
    ) async throws -> TestReply {
        var headers = headers
        headers[.idempotencyKey] = key
        return try await call(
            .post, "/orders", token: token ?? tokens[.buyer], headers: headers, body: body, at: location)
    }

    static let traffic = #"{"product":"residential","gb":5}"#
}

/// An answer.
struct TestReply: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String
    let isHead: Bool
    /// What came behind the body.
    var trailers: HTTPFields = [:]

    /// The body; `null` when it is not JSON.
    var json: JSON { (try? JSON(parsing: text, as: .answer)) ?? .null }

    /// The problem's code.
    var code: String? { json["code"]?.string }
    var retry: String? { json["retry_action"]?.string }
    var money: String? { json["money_state"]?.string }

    /// The codes of everything that is wrong, each with its place.
    var faults: [String] {
        (json["errors"]?.array ?? []).map { fault in
            let place = fault["pointer"] ?? fault["parameter"] ?? fault["vendor"]
            return "\(place?.string ?? "?") \(fault["code"]?.string ?? "?")"
        }
    }

    /// The ids of a list.
    var ids: [String] { (json["data"]?.array ?? []).compactMap { $0["id"]?.string } }
}

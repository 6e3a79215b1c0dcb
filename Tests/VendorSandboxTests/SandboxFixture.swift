import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import VendorSandbox

/// A clock that stands still until a test moves it. It begins at the vendor's sample time, 2026-05-28T10:00:00Z.
final class ManualClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_779_962_400_000)

    func advance(milliseconds more: Int64) {
        milliseconds.withLock { $0 += more }
    }

    var clock: SandboxClock {
        SandboxClock { self.milliseconds.withLock { $0 } }
    }
}

/// Both vendors on real sockets, and a client that follows no redirect and retries nothing.
struct SandboxFixture: Sendable {
    let vendors: SandboxVendors
    let ports: SandboxPorts
    let clock: ManualClock

    static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    struct Reply: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String

        var json: SandboxJSON {
            (try? SandboxJSON(parsing: text)) ?? .null
        }
    }

    /// HeloData with the right token.
    func heloData(
        _ method: HTTPMethod, _ path: String, _ body: SandboxJSON? = nil, key: String? = nil, token: String? = nil
    ) async throws -> Reply {
        var headers: HTTPHeaders = ["Authorization": "Bearer \(token ?? vendors.heloDataSettings.token)"]
        if let key { headers.add(name: "Idempotency-Key", value: key) }
        return try await send(method, "\(ports.heloDataURL)/\(path)", body?.description, headers)
    }

    /// The legacy vendor with the right key.
    func legacy(
        _ method: HTTPMethod, _ path: String, _ body: SandboxJSON? = nil, key: String? = nil
    ) async throws -> Reply {
        let key = key ?? vendors.legacySettings.apiKey
        return try await send(method, "\(ports.legacyURL)/client/api/v1/\(key)/\(path)", body?.description)
    }

    /// Behind the counter of either vendor.
    func control(
        _ method: HTTPMethod, _ path: String, _ body: SandboxJSON? = nil, port: Int? = nil
    ) async throws -> Reply {
        let url = "http://127.0.0.1:\(port ?? ports.heloData)/sandbox/\(path)"
        return try await send(method, url, body?.description)
    }

    func send(
        _ method: HTTPMethod, _ url: String, _ body: String? = nil, _ headers: HTTPHeaders = [:]
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers = headers
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await Self.client.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 32 * 1024 * 1024)
        return Reply(status: Int(response.status.code), headers: response.headers, text: String(buffer: bytes))
    }
}

extension Logger {
    static let quiet = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
}

extension SandboxSettings {
    /// Vendors whose goods are there at once, with some changes.
    static func with(_ change: (inout SandboxSettings) -> Void) -> SandboxSettings {
        var settings = SandboxSettings()
        settings.heloData.readyAfterMs = 0
        settings.legacy.goodsAfterMs = 0
        change(&settings)
        return settings
    }
}

/// Runs a test against fresh vendors, holds their books against their balances, and stops them.
func withSandbox(
    _ settings: SandboxSettings = .with { _ in }, _ body: (SandboxFixture) async throws -> Void
) async throws {
    let clock = ManualClock()
    let vendors = SandboxVendors(settings: settings, clock: clock.clock, logger: .quiet)
    let fixture = SandboxFixture(vendors: vendors, ports: try await vendors.start(), clock: clock)
    do {
        try await body(fixture)
    } catch {
        await vendors.stop()
        throw error
    }
    for vendor in [vendors.heloData, vendors.legacy] {
        #expect(vendor.books.balance == vendor.books.reckonedBalance)
    }
    await vendors.stop()
}

extension SandboxJSON {
    /// An object with some members replaced or added.
    func with(_ changes: KeyValuePairs<String, SandboxJSON>) -> SandboxJSON {
        var members = members ?? []
        for (name, value) in changes {
            members.removeAll { $0.name == name }
            members.append(.init(name, value))
        }
        return .object(members)
    }

    /// An object without some members.
    func without(_ names: String...) -> SandboxJSON {
        .object((members ?? []).filter { !names.contains($0.name) })
    }

    static let residential: SandboxJSON = ["product": "residential", "gb": 50]
    static let mobile: SandboxJSON = ["product": "mobile", "gb": 5]
    /// The vendor's sample.
    static let isp: SandboxJSON = [
        "product": "isp", "country": "us", "city": "newyork", "asn": 7922, "quantity": 20, "months": 1,
        "subuser": "sub_01HX2K3PQ4M5",
    ]
    static let ipv4: SandboxJSON = [
        "proxyType": "IPv4", "authType": "LOGIN", "goal": "scraping", "country": "USA", "quantity": 2,
        "rentPeriodDays": 30,
    ]
    static let ipv6 = ipv4.with(["proxyType": "IPv6", "protocol": "SOCKS", "rentPeriodDays": 90])
    static let legacyISP = ipv4.with(["proxyType": "ISP"])
    static let legacyMobile = ipv4.with(["proxyType": "MOBILE", "mobileOperator": "verizon", "rotationTime": 300])
}

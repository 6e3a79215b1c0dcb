import Foundation
import Logging
import Purchasing
import Testing

@testable import purser

/// What a configuration that is accepted means.
@Suite struct SettingsTests {
    static func settings(_ yaml: String, directory: String = "") throws -> GatewaySettings {
        try GatewaySettings(
            yaml: yaml, file: "f.yaml", directory: directory, environment: ["KEY": "canary-a", "OTHER_KEY": "canary-b"])
    }

    static let smallest = "vendors: { a: { kind: helodata, api_key: { env: KEY } } }"
    static let two = """
        vendors:
          h: { kind: helodata, api_key: { env: KEY } }
          l: { kind: legacy, api_key: { env: OTHER_KEY } }
        """

    @Test func `vendors alone are enough, and every default holds`() throws {
        let settings = try Self.settings(Self.two)
        #expect(settings.http == .init(host: "127.0.0.1", port: 8080))
        #expect(settings.database.path == "purser.db")
        #expect(settings.orders.wait == .seconds(30))
        #expect(settings.orders.requiresIdempotencyKey)
        #expect(settings.orders.deadline == .seconds(30))
        #expect(settings.orders.queueLimit == .seconds(600))
        #expect(settings.orders.expiryNotices == [7, 3, 1].map { .seconds($0 * 86_400) })
        #expect(settings.routing == .init(policy: .cheapest, fallback: .stock))
        #expect(
            settings.inventory
                == .init(
                    fresh: .seconds(60), listsFresh: .seconds(6 * 3600), maxStale: .seconds(86_400), maxEntries: 10_000)
        )
        #expect(settings.cachePolicy == CachePolicy())
        #expect(settings.logging == .init(level: .info, format: .auto))
        #expect(settings.warnings.isEmpty)
        #expect(settings.vendors.map(\.name) == ["h", "l"])
    }

    @Test func `every default of a vendor holds`() throws {
        let settings = try Self.settings(Self.two)
        let (heloData, legacy) = (settings.vendors[0], settings.vendors[1])
        #expect(heloData.baseURL == "https://api.helodata.com/v1")
        #expect(legacy.baseURL == "https://youproxy.io")
        #expect([heloData.timeout, legacy.timeout] == [.seconds(30), .seconds(120)])
        #expect(heloData.maxInFlight == 32)
        #expect(heloData.honoursIdempotency)
        #expect(heloData.prices == .init())
        #expect(legacy.goal == nil)
        for vendor in settings.vendors {
            #expect(vendor.isEnabled)
            #expect(vendor.connectTimeout == .seconds(3))
            #expect(vendor.policy.resendWindow == .seconds(20 * 3600))
            #expect(vendor.policy.resendPause == .milliseconds(500))
            #expect(vendor.policy.resendPauseMax == .seconds(60))
            #expect(vendor.policy.followInterval == .seconds(30))
            #expect(vendor.policy.settleTime == .seconds(900))
            #expect(vendor.policy.balanceInterval == .seconds(600))
            #expect(vendor.policy.breakerFailures == 5)
            #expect(vendor.policy.breakerRest == .seconds(30))
        }
    }

    @Test func `every key is read`() throws {
        let settings = try Self.settings(
            """
            http: { host: "::1", port: 0 }
            database: { path: /var/lib/purser/orders.db }
            orders: { wait: 0s, require_idempotency_key: false, deadline: 1.5s, queue_limit: 1d, expiry_notices: [30d, 12h] }
            routing: { policy: priority, order: [l], fallback: any_refusal, products: { isp: { policy: cheapest }, ipv4: { order: [h] } } }
            inventory: { fresh: 5s, lists_fresh: 1h, max_stale: 2d, max_entries: 7 }
            logging: { level: trace, format: json }
            vendors:
              h:
                kind: helodata
                api_key: { env: KEY }
                base_url: http://localhost:9101/v1
                enabled: false
                timeout: 250ms
                connect_timeout: 1s
                max_in_flight: 7
                idempotency: false
                resend_window: 2h
                resend_pause: 10ms
                resend_pause_max: 20ms
                follow_interval: 4s
                settle_time: 5m
                balance_interval: 0s
                breaker: { failures: 6, rest: 7s }
                prices: { residential_gb: "4.50", mobile_gb: 8.000001, isp_ip_month: 6 }
              l: { kind: legacy, api_key: { env: OTHER_KEY }, goal: scraping }
            """)
        #expect(settings.http == .init(host: "::1", port: 0))
        #expect(settings.database.path == "/var/lib/purser/orders.db")
        #expect(
            settings.orders
                == .init(
                    wait: .zero, requiresIdempotencyKey: false, deadline: .milliseconds(1500),
                    queueLimit: .seconds(86_400), expiryNotices: [.seconds(30 * 86_400), .seconds(43_200)]))
        #expect(
            settings.routing
                == .init(
                    policy: .priority, fallback: .anyRefusal,
                    products: [.isp: .init(.cheapest), .ipv4: .init(.priority, order: ["h"])]))
        #expect(settings.orderPolicy.routing.rule(for: .ipv4) == .init(.priority, order: ["h"]))
        #expect(settings.orderPolicy.routing.rule(for: .ipv6) == .init(.priority))
        #expect(settings.cachePolicy.fresh == .seconds(5))
        #expect(settings.cachePolicy.listsFresh == .seconds(3600))
        #expect(settings.cachePolicy.maxStale == .seconds(2 * 86_400))
        #expect(settings.cachePolicy.maxEntries == 7)
        #expect(settings.logging == .init(level: .trace, format: .json))
        #expect(settings.vendors.map(\.name) == ["l", "h"])
        #expect(settings.vendors[0].goal == "scraping")

        var heloData = VendorSettings(name: "h", kind: .helodata, apiKey: Secret("canary-a"))
        heloData.baseURL = "http://localhost:9101/v1"
        heloData.isEnabled = false
        heloData.timeout = .milliseconds(250)
        heloData.connectTimeout = .seconds(1)
        heloData.maxInFlight = 7
        heloData.honoursIdempotency = false
        heloData.policy.resendWindow = .seconds(7200)
        heloData.policy.resendPause = .milliseconds(10)
        heloData.policy.resendPauseMax = .milliseconds(20)
        heloData.policy.followInterval = .seconds(4)
        heloData.policy.settleTime = .seconds(300)
        heloData.policy.balanceInterval = .zero
        heloData.policy.breakerFailures = 6
        heloData.policy.breakerRest = .seconds(7)
        heloData.prices = .init(
            residentialGB: Millionths(4_500_000), mobileGB: Millionths(8_000_001), ispIPMonth: Millionths(6_000_000))
        #expect(settings.vendors[1] == heloData)
    }

    @Test func `orders are dealt with as the file says`() throws {
        let policy = try Self.settings(
            Self.smallest
                + "\norders: { deadline: 3s, queue_limit: 4s, expiry_notices: [] }\nrouting: { fallback: none }"
        )
        .orderPolicy
        #expect(policy.deadline == .seconds(3))
        #expect(policy.queueLimit == .seconds(4))
        #expect(policy.expiryNotices.isEmpty)
        #expect(policy.fallback == .none)
    }

    @Test(arguments: [
        "http://127.0.0.1:1/v1", "http://127.9.9.9", "http://localhost", "http://[::1]:80", "https://10.0.0.1",
    ])
    func `an address is accepted when a key cannot be overheard on the way`(url: String) throws {
        let yaml = "vendors: { a: { kind: helodata, api_key: { env: KEY }, base_url: \"\(url)\" } }"
        #expect(try Self.settings(yaml).vendors[0].baseURL == url)
    }

    @Test func `sections without content mean their defaults`() throws {
        let settings = try Self.settings("http:\norders:\nlogging: {}\n" + Self.smallest)
        #expect(settings.http == .init())
    }

    @Test func `relative paths start at the directory of the file`() throws {
        let settings = try Self.settings(Self.smallest, directory: "/etc/purser")
        #expect(settings.database.path == "/etc/purser/purser.db")
        let vendor = "vendors: { a: { kind: legacy, api_key: { env: KEY }, ca_file: ca.pem } }"
        let unread = try GatewaySettings(yaml: vendor, file: "f.yaml", directory: "/etc/purser", environment: nil)
        #expect(unread.vendors.first?.caFile == "/etc/purser/ca.pem")
    }

    @Test func `the example has every key, and is nothing but the defaults`() throws {
        let text = try String(contentsOfFile: Project.root + "/purser.example.yaml", encoding: .utf8)
        let directory = try TemporaryDirectory()
        let secret = try directory.file("key", "canary", mode: 0o600)
        let example = try Self.settings(
            text.replacing("/run/secrets/legacy", with: secret).replacing("HELODATA_API_KEY", with: "KEY"))
        var plain = try Self.settings(
            """
            vendors:
              helodata: { kind: helodata, api_key: { env: KEY } }
              legacy: { kind: legacy, api_key: { file: "\(secret)" } }
            """)
        plain.warnings = example.warnings
        #expect(example == plain)
        for section in SettingTable.sections {
            for entry in section.entries { #expect(text.contains("\(entry.name):"), "\(section.path)\(entry.name)") }
        }
    }

    // MARK: Secrets

    @Test func `a secret is read from a file, without the line end that editors add`() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("key", "canary\n", mode: 0o600)
        let settings = try Self.settings(
            "vendors: { a: { kind: legacy, api_key: { file: key } } }", directory: directory.path)
        #expect(settings.vendors[0].apiKey.revealed == "canary")
        #expect(settings.warnings.isEmpty)
    }

    @Test func `a file that others may read is a warning`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("key", "canary", mode: 0o644)
        let settings = try Self.settings("vendors:\n  a: { kind: legacy, api_key: { file: \"\(path)\" } }")
        #expect(
            settings.warnings
                == ["f.yaml:2: vendors.a.api_key: others than its owner may use the file (mode 0644)"])
    }

    @Test func `no way of printing the settings shows a secret`() throws {
        let settings = try Self.settings(Self.two)
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains("canary")) }
    }

    @Test func `a command that calls no vendor needs no secret`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file(
            "purser.yaml", "vendors: { a: { kind: legacy, api_key: { env: NOWHERE } } }", mode: 0o600)
        #expect(try GatewaySettings(file: path, environment: [:], readsSecrets: false).vendors.count == 1)
        #expect(throws: SettingsError.self) { try GatewaySettings(file: path, environment: [:]) }
    }
}

/// Durations as they stand in the file.
@Suite struct DurationTextTests {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("0s", .zero), ("30s", .seconds(30)), ("1.5h", .seconds(5400)),
        ("10m", .seconds(600)), ("2d", .seconds(172_800)), ("0.001s", .milliseconds(1)), ("1.5ms", .microseconds(1500)),
    ])
    func `a number and a unit are a duration`(text: String, duration: Duration) {
        #expect(Duration(settingText: text) == duration)
    }

    @Test(arguments: [
        "", "30", "s", "30S", "30 s", " 30s", "30s ", "-1s", "+1s", "1e3s", ".5s", "5.s", "1h30m", "٣s", "1..5s",
    ])
    func `anything else is none`(text: String) {
        #expect(Duration(settingText: text) == nil)
    }

    @Test(arguments: ["0s", "500ms", "30s", "90s", "10m", "20h", "1d", "1.5ms"])
    func `a duration is written in the largest unit that it fills`(text: String) throws {
        #expect(try #require(Duration(settingText: text)).settingText == text)
    }
}

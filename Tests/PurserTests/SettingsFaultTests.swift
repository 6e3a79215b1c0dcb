import Testing

@testable import purser

/// Every way in which a configuration is refused, word for word.
@Suite struct SettingsFaultTests {
    /// One vendor that is fine.
    static let vendor = "vendors: { a: { kind: helodata, api_key: { env: KEY } } }"

    struct Refused: CustomTestStringConvertible, Sendable {
        let yaml: String
        let message: String
        var testDescription: String { message }

        init(_ yaml: String, _ message: String) {
            self.yaml = yaml
            self.message = message
        }

        /// A vendor of the kind helodata with one more line, the third.
        static func vendor(_ line: String, _ message: String, kind: String = "helodata") -> Refused {
            Refused(
                "vendors:\n  a: { kind: \(kind), api_key: { env: KEY },\n    \(line) }",
                "f.yaml:3: vendors.a.\(message)")
        }

        /// A file whose first line is fine and whose second is given.
        static func line(_ line: String, _ message: String) -> Refused {
            Refused("\(SettingsFaultTests.vendor)\n\(line)", "f.yaml:2: \(message)")
        }
    }

    static func faults(of yaml: String, environment: [String: String] = ["KEY": "canary-secret"]) -> String {
        do throws(SettingsError) {
            _ = try GatewaySettings(yaml: yaml, file: "f.yaml", environment: environment)
            return "nothing"
        } catch {
            return error.description
        }
    }

    static let duration = "expected a duration such as 30s (ms, s, m, h or d), from"
    static let secret = "by environment variable or file only: { env: NAME } or { file: PATH }"

    static let documents: [Refused] = [
        Refused("", "f.yaml: vendors: missing; at least one vendor must be configured"),
        Refused("vendors:", "f.yaml:1: vendors: missing; at least one vendor must be configured"),
        Refused("vendors: {}", "f.yaml:1: vendors: missing; at least one vendor must be configured"),
        Refused("vendors: 3", "f.yaml:1: vendors: expected a mapping of keys to values"),
        Refused("- 1", "f.yaml:1: expected a mapping of keys to values"),
        Refused("a: b: c", "f.yaml:1: not YAML: mapping values are not allowed in this context"),
        Refused("\(vendor)\n---\n\(vendor)", "f.yaml:2: not YAML: but found another document"),
        .line(
            "htpp: {}",
            "htpp: unknown key; known keys are http, database, orders, routing, inventory, vendors, webhooks, logging"
        ),
        .line(
            "inventory: { freshness: 1s }",
            "inventory.freshness: unknown key; known keys are fresh, lists_fresh, max_stale, max_entries"),
        .line("http: { prot: 1 }", "http.prot: unknown key; known keys are host, port, metrics_need_key"),
        .line("http: { port: 1, port: 2 }", "port: stands twice"),
        .line("http: 8080", "http: expected a mapping of keys to values"),
    ]

    static let authorities: [Refused] = [
        .vendor("ca_file: [a]", "ca_file: expected the path of a file"),
        .vendor("ca_file: /nowhere", "ca_file: the file /nowhere cannot be read, or is no certificate in PEM"),
        .vendor(
            "ca_file: /dev/null", "ca_file: the file /dev/null cannot be read, or is no certificate in PEM",
            kind: "legacy"),
    ]

    static let values: [Refused] = [
        .line("http: { port: \"8080\" }", "http.port: expected a whole number from 0 to 65535"),
        .line("http: { port: 65536 }", "http.port: expected a whole number from 0 to 65535"),
        .line("http: { port: 0x50 }", "http.port: expected a whole number from 0 to 65535"),
        .line("http: { host: \"a b\" }", "http.host: expected a host name or an IP address"),
        .line("database: { path: [a] }", "database.path: expected the path of a file"),
        .line("database: { path: 12 }", "database.path: expected the path of a file"),
        .line("inventory: { fresh: 0s }", "inventory.fresh: \(duration) 1ms to 1d"),
        .line("inventory: { lists_fresh: 8d }", "inventory.lists_fresh: \(duration) 1ms to 7d"),
        .line("inventory: { max_stale: 24 }", "inventory.max_stale: \(duration) 1ms to 7d"),
        .line("inventory: { max_entries: 0 }", "inventory.max_entries: expected a whole number from 1 to 100000"),
        .line("orders: { wait: 30 }", "orders.wait: \(duration) 0s to 1m"),
        .line("orders: { wait: 61s }", "orders.wait: \(duration) 0s to 1m"),
        .line("orders: { wait: 30 s }", "orders.wait: \(duration) 0s to 1m"),
        .line("orders: { wait: -1s }", "orders.wait: \(duration) 0s to 1m"),
        .line("orders: { deadline: 0s }", "orders.deadline: \(duration) 1ms to 1h"),
        .line("orders: { require_idempotency_key: yes }", "orders.require_idempotency_key: expected true or false"),
        .line("routing: { policy: random }", "routing.policy: expected one of cheapest, priority"),
        .line(
            "routing: { products: { isps: {} } }",
            "routing.products.isps: unknown key; known keys are residential, mobile, isp, ipv4, ipv6"),
        .line(
            "routing: { products: { isp: { order: [b] } } }",
            "routing.products.isp.order: there is no vendor b; there are a"),
        .line(
            "routing: { products: { isp: { fallback: none } } }",
            "routing.products.isp.fallback: unknown key; known keys are policy, order"),
        .line("routing: { fallback: all }", "routing.fallback: expected one of none, stock, any_refusal"),
        .line("routing: { order: a }", "routing.order: expected a list of vendor names"),
        .line("routing: { order: [a, b] }", "routing.order: there is no vendor b; there are a"),
        .line("routing: { order: [a, a] }", "routing.order: a stands twice"),
        .line(
            "logging: { level: loud }",
            "logging.level: expected one of trace, debug, info, notice, warning, error, critical"),
        .line("logging: { format: xml }", "logging.format: expected one of auto, json, text"),
    ]

    static let vendors: [Refused] = [
        .vendor(
            "timeuot: 3s",
            "timeuot: unknown key; known keys are kind, base_url, api_key, enabled, timeout, connect_timeout, ca_file, "
                + "follow_interval, settle_time, balance_interval, breaker, max_in_flight, idempotency, resend_window, resend_pause, "
                + "resend_pause_max, prices"),
        .vendor("goal: x", "goal: is for vendors of the kind legacy, and this one is helodata"),
        .vendor(
            "max_in_flight: 3", "max_in_flight: is for vendors of the kind helodata, and this one is legacy",
            kind: "legacy"),
        .vendor("timeout: soon", "timeout: \(duration) 1ms to 1h"),
        .vendor("max_in_flight: 0", "max_in_flight: expected a whole number from 1 to 1000"),
        .vendor("breaker: { failures: 0 }", "breaker.failures: expected a whole number from 1 to 1000"),
        .vendor("breaker: { pause: 1s }", "breaker.pause: unknown key; known keys are failures, rest"),
        .vendor("resend_pause: 2m", "resend_pause: must not be longer than resend_pause_max"),
        .vendor(
            "prices: { mobile_gb: 1e3 }",
            "prices.mobile_gb: expected a price in US dollars above 0 with at most six decimals, such as \"4.50\""),
        .vendor(
            "prices: { mobile_gb: 0 }",
            "prices.mobile_gb: expected a price in US dollars above 0 with at most six decimals, such as \"4.50\""),
        .vendor(
            "base_url: \"http://api.example.com\"",
            "base_url: http is for this machine only (localhost, 127.0.0.1, [::1]); use https"),
        .vendor(
            "base_url: \"http://127.0.0.1.example.com\"",
            "base_url: http is for this machine only (localhost, 127.0.0.1, [::1]); use https"),
        .vendor(
            "base_url: \"ftp://api.example.com\"",
            "base_url: expected a URL such as https://api.example.com/v1 that starts with https:// "
                + "(or http:// for a sandbox)"),
        .vendor(
            "base_url: \"https://user:canary@api.example.com\"",
            "base_url: expected a URL such as https://api.example.com/v1 that names a host and perhaps a port"),
        Refused(
            "vendors:\n  a: { api_key: { env: KEY } }",
            "f.yaml:2: vendors.a.kind: missing; it is one of helodata, legacy"),
        Refused("vendors:\n  a: { kind: oxylabs }", "f.yaml:2: vendors.a.kind: expected one of helodata, legacy"),
        Refused("vendors:\n  a: helodata", "f.yaml:2: vendors.a: expected a mapping of keys to values"),
        Refused("vendors:\n  a: {}\n  a: {}", "f.yaml:2: a: stands twice"),
        Refused(
            "vendors:\n  Big Vendor: { kind: helodata, api_key: { env: KEY } }",
            "f.yaml:2: vendors.Big Vendor: a vendor's name is 1 to 32 of a-z, 0-9, _ and -"),
        Refused(
            "vendors:\n  auto: { kind: helodata, api_key: { env: KEY } }",
            "f.yaml:2: vendors.auto: auto is what callers write to leave the choice to the gateway"),
        Refused(
            "vendors:\n  a: { kind: helodata, api_key: { env: KEY } }\n  b: { kind: helodata, api_key: { env: KEY } }",
            "f.yaml:3: vendors.b.api_key: the same account as a; one account must stand here once, "
                + "so that what changes in it can be attributed"),
    ]

    static let secrets: [Refused] =
        [
            "canary-secret", "{ canary: x }", "{ env: KEY, file: x }", "{ env: [KEY] }", "{}", "[canary]",
            "{ env: \"\" }",
            "{ env: 12 }",
        ].map {
            Refused("vendors:\n  a:\n    kind: helodata\n    api_key: \($0)", "f.yaml:4: vendors.a.api_key: \(secret)")
        } + [
            Refused(
                "vendors:\n  a: { kind: helodata }",
                "f.yaml:2: vendors.a.api_key: missing; { env: NAME } or { file: PATH }, by environment variable or file only"
            ),
            Refused(
                "vendors:\n  a: { kind: helodata, api_key: { env: canary-secret } }",
                "f.yaml:2: vendors.a.api_key: expected the name of an environment variable: capital letters, digits and _"
            ),
            Refused(
                "vendors:\n  a: { kind: helodata, api_key: { env: NOWHERE } }",
                "f.yaml:2: vendors.a.api_key: the environment variable NOWHERE is not set"),
            Refused(
                "vendors:\n  a: { kind: helodata, api_key: { file: /nowhere/canary } }",
                "f.yaml:2: vendors.a.api_key: the file cannot be read: No such file or directory"),
            Refused(
                "vendors:\n  a: { kind: helodata, api_key: { file: / } }",
                "f.yaml:2: vendors.a.api_key: the file / cannot be read: Is a directory"),
        ]

    @Test(arguments: documents + authorities + values + vendors + secrets)
    func `a fault is told with its line and its key`(_ refused: Refused) {
        let message = Self.faults(of: refused.yaml)
        #expect(message == refused.message)
        #expect(!message.contains("canary"))
    }

    @Test func `all faults are told, in the order of the file`() {
        let yaml = """
            http: { port: x }
            vendors:
              a: { kind: helodata, api_key: { env: NOWHERE }, goal: x }
            orders: { wiat: 3s }
            logging: { level: 1, format: 2 }
            """
        #expect(
            Self.faults(of: yaml).split(separator: "\n").map { $0.prefix(30) } == [
                "f.yaml:1: http.port: expected ", "f.yaml:3: vendors.a.goal: is f", "f.yaml:3: vendors.a.api_key: t",
                "f.yaml:4: orders.wiat: unknown", "f.yaml:5: logging.level: expec", "f.yaml:5: logging.format: expe",
            ])
    }

    @Test(arguments: [
        ("helodata", " ", "the environment variable KEY is empty"),
        ("helodata", "canary secret", "the key must be visible ASCII without blanks"),
        ("helodata", "canary\u{E9}", "the key must be visible ASCII without blanks"),
        ("legacy", "canary/x", "the key must be letters, digits, _ and -, since it is a part of the URL's path"),
        ("legacy", "canary.x", "the key must be letters, digits, _ and -, since it is a part of the URL's path"),
    ])
    func `a key that cannot be sent as it is written is refused without being repeated`(
        kind: String, key: String, message: String
    ) {
        let yaml = "vendors: { a: { kind: \(kind), api_key: { env: KEY } } }"
        #expect(Self.faults(of: yaml, environment: ["KEY": key]) == "f.yaml:1: vendors.a.api_key: \(message)")
    }

    @Test func `a key of the file that could act on a terminal is shown by its numbers`() {
        let yaml = "\(Self.vendor)\n\"a\\e[31m\\n\(String(repeating: "x", count: 99))\": 1"
        let shown = "a\\u{1B}[31m\\u{A}" + String(repeating: "x", count: 57) + "…"
        #expect(Self.faults(of: yaml).hasPrefix("f.yaml:2: \(shown): unknown key"))
    }

    @Test func `a file that cannot be read is told in one line`() {
        #expect(
            throws: SettingsError(
                file: "/nowhere/x.yaml",
                faults: [
                    SettingsFault(line: nil, path: "", text: "cannot be read: No such file or directory")
                ])
        ) { try GatewaySettings(file: "/nowhere/x.yaml") }
    }
}

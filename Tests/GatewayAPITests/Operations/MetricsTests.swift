import ExactJSON
import Foundation
import GatewayAPI
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing
import Yams

@Suite struct `Metrics` {
    private static func read(_ office: Office, at location: SourceLocation = #_sourceLocation) async throws
        -> ReadExposition
    {
        let reply = try await office.call(.get, "/metrics", at: location)
        #expect(reply.status == 200, sourceLocation: location)
        #expect(reply.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8", sourceLocation: location)
        return try ReadExposition(reply.text)
    }

    @Test func `can be read whole before anything has happened`() async throws {
        try await Office.open {
            $0.version = "1.2.3"
        } _: { office in
            let read = try await Self.read(office)
            #expect(read["purser_build_info{version=\"1.2.3\"}"] == "1")
            #expect(read["purser_unknown_orders{vendor=\"helodata\"}"] == "0")
            #expect(read["purser_unknown_orders_oldest_age_seconds{vendor=\"helodata\"}"] == "0")
            #expect(read["purser_review_orders{vendor=\"helodata\"}"] == "0")
            #expect(read["purser_orders_spent_money_total{vendor=\"helodata\",currency=\"USD\"}"] == "0.00")
            #expect(
                read["purser_vendor_calls_total{vendor=\"helodata\",call=\"purchase\",outcome=\"auth_failed\"}"] == "0")
            #expect(read["purser_store_healthy"] == "1")
            #expect(read.count("process_resident_memory_bytes") > 1_000_000)
            #expect(read.families.count > 35)
        }
    }

    @Test func `move by exactly what happened`() async throws {
        try await Office.open { office in
            let posts = { (status: String) in
                "purser_http_requests_total{route=\"/orders\",method=\"POST\",status_class=\"\(status)\"}"
            }
            for number in 0..<3 { try await office.buy(key: "k-\(number)") }
            try await office.buy("{}", key: "k-bad")
            _ = try await office.call(.get, "/orders/nothing?secret=canary", as: .buyer)
            _ = try await office.call(.head, "/v1/orders", as: .buyer)
            _ = try await office.call(.get, "/no/such/path")
            _ = try await office.call(.delete, "/orders", as: .buyer)
            _ = try await office.call(.get, "/inventory", as: .buyer)
            let read = try await Self.read(office)
            #expect(read.count(posts("2xx")) == 3)
            #expect(read.count(posts("4xx")) == 1)
            let count = { (route: String, method: String) in
                read.count("purser_http_request_duration_seconds_count{route=\"\(route)\",method=\"\(method)\"}")
            }
            #expect(count("/orders", "POST") == 4)
            #expect(count("/orders/{id}", "GET") == 1)
            #expect(count("/orders", "GET") == 1)
            #expect(count("none", "any") == 2)
            #expect(read["purser_http_requests_in_flight"] == "1")
            let sources = ["hit", "stale", "incomplete", "miss"].map {
                read.count("purser_inventory_answers_total{source=\"\($0)\"}")
            }
            #expect(sources.reduce(0, +) == 1)
            #expect(
                read.count("purser_vendor_calls_total{vendor=\"helodata\",call=\"purchase\",outcome=\"done\"}") == 3)
            #expect(
                read.count("purser_vendor_call_duration_seconds_count{vendor=\"helodata\",call=\"purchase\"}") == 3)
            // The scripted vendor tells one id for all: what it sold second and third is for a person to decide.
            #expect(read.count("purser_orders{vendor=\"helodata\",status=\"completed\"}") == 1)
            #expect(read.count("purser_unknown_orders{vendor=\"helodata\"}") == 2)
            #expect(read.count("purser_review_orders{vendor=\"helodata\"}") == 2)
            #expect(!read.series.contains { $0.contains("canary") || $0.contains("crawler") || $0.contains("k-1") })
            let again = try await Self.read(office)
            #expect(
                again.count("purser_http_requests_total{route=\"/metrics\",method=\"GET\",status_class=\"2xx\"}") == 1)
        }
    }

    @Test func `tell of orders that may have been sold, and of the oldest, and what is held and spent`() async throws {
        try await Office.open { office in
            let now = Date()
            for (age, needsReview) in [(90.0, true), (30, false)] {
                let order = Order.example(createdAt: now.addingTimeInterval(-age))
                try await office.stored(order, taking: [.dispatched, .lost]) { $0.unknown?.needsReview = needsReview }
            }
            try await office.stored(Order.example(), taking: [.dispatched, .boughtReady]) { order in
                order.total = .usd(micros: 7_010_001)
                order.totalSource = .vendor
            }
            let read = try await Self.read(office)
            #expect(read["purser_unknown_orders{vendor=\"helodata\"}"] == "2")
            #expect(read["purser_review_orders{vendor=\"helodata\"}"] == "1")
            let age = read["purser_unknown_orders_oldest_age_seconds{vendor=\"helodata\"}"].flatMap { Double($0) } ?? 0
            #expect((90...150).contains(age))
            #expect(read["purser_orders_spent_money_total{vendor=\"helodata\",currency=\"USD\"}"] == "7.010001")
            #expect(read["purser_orders_held_money{vendor=\"helodata\",currency=\"USD\"}"] == "240.00")
            #expect(read["purser_orders{vendor=\"helodata\",status=\"unknown\"}"] == "2")
            #expect(read["purser_orders{vendor=\"helodata\",status=\"completed\"}"] == "1")
        }
    }

    @Test func `are told all the same when the store cannot be read`() async throws {
        try await Office.open { office in
            await office.store.fail(with: .unavailable("no space left in /secret"))
            let read = try await Self.read(office)
            #expect(read["purser_store_readable"] == "0")
            #expect(read["purser_unknown_orders{vendor=\"helodata\"}"] == nil)
            #expect(read["purser_vendor_circuit_open{vendor=\"helodata\"}"] == "0")
        }
    }

    @Test func `ask the store once in a while, and call no vendor`() async throws {
        try await Office.open { office in
            _ = try await Self.read(office)
            try await office.stored(Order.example(), taking: [.dispatched, .lost])
            let unknown = "purser_unknown_orders{vendor=\"helodata\"}"
            let soon = try await Self.read(office)
            #expect(soon[unknown] == "0")
            office.clock.advance(by: .seconds(6))
            let later = try await Self.read(office)
            #expect(later[unknown] == "1")
            let read = try await Self.read(office)
            #expect(!read.series.contains { $0.hasPrefix("purser_vendor_call_duration_seconds") })
        }
    }

    @Test func `tell the balance as it was read last, and read it for nobody`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.accounts = [.success(VendorAccount(balance: .usd(micros: 92_500_000), kycStatus: nil))]
        }
        try await Office.open(vendor: vendor) { office in
            let before = try await Self.read(office)
            #expect(before.families["purser_vendor_balance_money"]?.samples.isEmpty == true)
            let vendors = try await office.call(.get, "/vendors", as: .operator).json["data"]
            let told = vendors?.array?.first?["account"]?["balance"]
            office.clock.advance(by: .seconds(6))
            let read = try await Self.read(office)
            let currency = try #require(told?["currency"]?.string)
            let balance = read["purser_vendor_balance_money{vendor=\"helodata\",currency=\"\(currency)\"}"]
            #expect(balance == told?["amount"]?.string)
            #expect(read["purser_vendor_balance_timestamp_seconds{vendor=\"helodata\"}"] != nil)
        }
    }

    @Test func `are kept for auditors and operators where the configuration says so`() async throws {
        try await Office.open {
            $0.metricsNeedKey = true
        } _: { office in
            var statuses: [Int] = []
            statuses.append(try await office.call(.get, "/metrics").status)
            for role in [Role.buyer, .auditor, .operator] {
                statuses.append(try await office.call(.get, "/metrics", as: role).status)
            }
            statuses.append(try await office.call(.get, "/healthz").status)
            #expect(statuses == [401, 403, 200, 200, 200])
        }
    }

    @Test func `tell of every route from the start that none of its calls has failed`() async throws {
        try await Office.open { office in
            let read = try await Self.read(office)
            let failures = read.series.filter { $0.contains("status_class=\"5xx\"") }
            for route in ["/orders\",method=\"POST", "/orders/{id}/resolve\",method=\"POST", "none\",method=\"any"] {
                #expect(failures.contains { $0.contains("route=\"\(route)\"") }, "\(route)")
            }
            #expect(failures.allSatisfy { read.count($0) == 0 })
        }
    }

    @Test func `have every name that an alert rule is about`() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "ops/alerts.yml"), encoding: .utf8)
        let rules = try AlertRules(text)
        #expect(rules.all.count >= 10)
        let read = try await Office.open { office in try await Self.read(office) }
        var names = Set(read.families.keys)
        for (name, family) in read.families where family.kind == "histogram" {
            names.formUnion(["_bucket", "_sum", "_count"].map { name + $0 })
        }
        for rule in rules.all {
            let used = rule.metrics
            #expect(!used.isEmpty, "\(rule.name)")
            for name in used { #expect(names.contains(name) || name == "up", "\(rule.name) is about \(name)") }
            #expect(["page", "ticket"].contains(rule.severity), "\(rule.name)")
            #expect(rule.summary.hasSuffix("."), "\(rule.name)")
            #expect(rule.runbook.count > 60, "\(rule.name)")
        }
        #expect(Set(rules.all.map(\.name)).count == rules.all.count)
    }
}

/// A file of Prometheus' alert rules.
struct AlertRules {
    struct Rule {
        let name: String
        let expression: String
        let severity: String
        let summary: String
        let runbook: String

        /// The names in the expression that are neither words of the language nor labels nor texts.
        var metrics: Set<String> {
            let words: Set<String> = [
                "and", "or", "unless", "on", "by", "without", "sum", "max", "min", "rate", "increase", "time",
                "ignoring",
                "bool", "histogram_quantile", "absent", "clamp_min",
            ]
            let plain = expression.replacing(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/, with: "")
                .replacing(/\b(by|on|without|ignoring)\s*\([^)]*\)/, with: "")
            return Set(plain.matches(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/).map { String($0.output) }).subtracting(words)
        }
    }

    let all: [Rule]

    init(_ text: String) throws {
        let root = try #require(try Yams.compose(yaml: text))
        let groups = try #require(root["groups"]?.sequence)
        all = try groups.flatMap { group in
            try #require(group["rules"]?.sequence).map { rule in
                let annotations = try #require(rule["annotations"])
                return Rule(
                    name: try #require(rule["alert"]?.string), expression: try #require(rule["expr"]?.string),
                    severity: try #require(rule["labels"]?["severity"]?.string),
                    summary: try #require(annotations["summary"]?.string),
                    runbook: try #require(annotations["runbook"]?.string))
            }
        }
    }
}

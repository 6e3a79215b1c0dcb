import AsyncHTTPClient
import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// What can be bought, as the built gateway reads it from vendors over HTTP.
@Suite(.serialized) struct InventoryTests {
    static let isp = "/inventory?product=isp&country=us"

    /// How often HeloData was asked for its stock.
    static func reads(_ rig: Rig) -> Int {
        rig.vendors.heloData.books.entries.count { $0.event == .received && $0.call == .inventory }
    }

    /// What is said of a vendor.
    static func vendor(_ name: String, in answer: API.Answer) -> JSON? {
        answer.json["vendors"]?.array?.first { $0["vendor"]?.string == name }
    }

    static func rows(of name: String, in answer: API.Answer) -> [JSON] {
        (answer.json["data"]?.array ?? []).filter { $0["vendor"]?.string == name }
    }

    /// Asks until something is so.
    static func ask(_ api: API, until isSo: (API.Answer) -> Bool) async throws -> API.Answer {
        while true {
            let answer = try await api.get(isp)
            #expect(answer.status == 200, "\(answer.text)")
            if isSo(answer) { return answer }
        }
    }

    @Test func `both vendors say what they have`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let answer = try await api.get("/inventory")
                #expect(Self.vendor("helodata", in: answer)?["state"]?.string == "fresh", "\(answer.text)")
                #expect(Self.vendor("legacy", in: answer)?["state"]?.string == "fresh", "\(answer.text)")
                let stock = Self.rows(of: "helodata", in: answer).filter { $0["product"]?.string == "isp" }
                #expect(stock.contains { $0["available"]?.int != nil && $0["price"]?["per"]?.string == "ip_month" })
                let traffic = Self.rows(of: "helodata", in: answer).filter { $0["price"]?["per"]?.string == "gb" }
                #expect(traffic.compactMap { $0["price"]?["amount"]?.string } == ["4.50", "8.00"])
                let listed = Self.rows(of: "legacy", in: answer)
                #expect(listed.contains { $0["mobile_operator"]?.string == "verizon" })
                #expect(listed.allSatisfy { $0["available"]?.isNull == true && $0["rental_days"]?.array != nil })
            }
        }
    }

    @Test func `five hundred clients that ask one cold query cause one vendor call`() async throws {
        var sandbox = Rig.quick
        sandbox.heloData.latencyMs = 1000
        try await Rig.run(sandbox: sandbox) { rig in
            try await rig.serving { api in
                var configuration = HTTPClient.Configuration()
                configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 500
                let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
                let crowd = API(url: api.url, key: api.key, client: client)
                let answers = try await withThrowingTaskGroup(of: API.Answer.self) { group in
                    for _ in 0..<500 { group.addTask { try await crowd.get(Self.isp) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                try await client.shutdown()
                #expect(answers.allSatisfy { $0.status == 200 })
                #expect(Set(answers.map(\.text)).count == 1)
                #expect(Set(answers.compactMap { $0.headers["etag"] }).count == 1)
                #expect(answers.count { $0.headers["cache-status"]?.contains("fwd=miss") == true } > 100)
                #expect(Self.reads(rig) == 1)
            }
        }
    }

    @Test func `with the vendors stopped answers go on, and say since when`() async throws {
        try await Rig.run(tuning: Tuning(fresh: "300ms")) { rig in
            try await rig.serving { api in
                let before = try await api.get(Self.isp)
                let asOf = Self.vendor("helodata", in: before)?["as_of"]?.string
                #expect(asOf != nil, "\(before.text)")
                await rig.vendors.stop()
                let after = try await Self.ask(api) {
                    Self.vendor("helodata", in: $0)?["error"]?.string == "connection_refused"
                }
                #expect(Self.vendor("helodata", in: after)?["state"]?.string == "stale", "\(after.text)")
                #expect(Self.vendor("helodata", in: after)?["as_of"]?.string == asOf)
                let rows = Self.rows(of: "helodata", in: after)
                #expect(!rows.isEmpty && rows.allSatisfy { $0["stale"] == true && $0["as_of"]?.string == asOf })
                #expect(rows.map { $0["available"] } == Self.rows(of: "helodata", in: before).map { $0["available"] })
                #expect(after.headers["cache-control"] == "private, max-age=0")
                #expect(after.headers["cache-status"]?.contains("detail=stale") == true)
                #expect(after.headers["age"].flatMap(Int.init) != nil)
            }
        }
    }

    @Test func `after a restart too`() async throws {
        try await Rig.run(tuning: Tuning(fresh: "300ms")) { rig in
            var told: [String?] = []
            try await rig.serving { api in
                let before = try await api.get(Self.isp)
                told = Self.rows(of: "helodata", in: before).map { $0["as_of"]?.string }
                #expect(!told.isEmpty)
            }
            await rig.vendors.stop()
            try await rig.serving { api in
                let first = try await Self.ask(api) { Self.vendor("helodata", in: $0)?["state"]?.string == "stale" }
                #expect(Self.rows(of: "helodata", in: first).map { $0["as_of"]?.string } == told, "\(first.text)")
                #expect(Self.vendor("legacy", in: first)?["as_of"]?.string != nil)
                let again = try await Self.ask(api) {
                    Self.vendor("helodata", in: $0)?["error"]?.string == "connection_refused"
                }
                #expect(Self.rows(of: "helodata", in: again).map { $0["as_of"]?.string } == told, "\(again.text)")
            }
        }
    }

    @Test func `after a restart nothing is read again that is still fresh`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in _ = try await api.get(Self.isp) }
            try await rig.serving { api in
                let answer = try await api.get(Self.isp)
                #expect(answer.headers["cache-status"] == "purser; hit", "\(answer.text)")
                #expect(Self.reads(rig) == 1)
            }
        }
    }

    @Test func `what is bought is looked up anew`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let paths = [
                    Self.isp, "/inventory?product=isp&country=us&asn=7922", "/inventory?product=isp&country=de",
                ]
                for path in paths { _ = try await api.get(path) }
                #expect(Self.reads(rig) == 3)
                let bought = try await api.buy(Body.isp, key: "k-1")
                #expect(bought.status == 201, "\(bought.text)")
                let known = Self.reads(rig)
                for path in paths { _ = try await api.get(path) }
                #expect(Self.reads(rig) == known + 2)
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a caller that wants it anew gets it, and the others what they know`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let first = try await api.get(Self.isp)
                let tag = try #require(first.headers["etag"])
                let same = try await api.call("GET", Self.isp, headers: ["If-None-Match": tag])
                #expect(same.status == 304)
                #expect(Self.reads(rig) == 1)
                try rig.vendors.heloData.change(settings: try SandboxJSON(parsing: #"{"stock":[]}"#))
                #expect(try await api.get(Self.isp).headers["etag"] == tag)
                var fresh = first
                // Each vendor is asked anew at most once a second, and their seconds begin apart.
                while !Self.rows(of: "helodata", in: fresh).isEmpty {
                    fresh = try await api.call("GET", Self.isp, headers: ["Cache-Control": "no-cache"])
                }
                #expect(fresh.headers["etag"] != tag)
                #expect(fresh.headers["cache-status"] == "purser; fwd=request; stored", "\(fresh.text)")
                #expect(Self.reads(rig) == 2)
            }
        }
    }
}

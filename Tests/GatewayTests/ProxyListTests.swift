import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import NIOHTTP1
import Testing
import VendorSandbox

/// The built gateway hands out what it bought from the sandbox's vendors.
@Suite(.serialized) struct ProxyListTests {
    /// Buys and waits until the goods are ready.
    private func bought(_ api: API, _ body: String, _ key: String) async throws -> String {
        let answer = try await api.buy(body, key: key)
        let order = try await api.settled(answer.orderID)
        #expect(order["status"]?.string == "completed", "\(answer.text)")
        return answer.orderID
    }

    /// What every proxy tells, whoever sold it; the contract tests hold that there is nothing else.
    private static let members = [
        "ip", "ports", "protocols", "user", "password", "country", "city", "asn", "expires_at",
    ]

    @Test func `both vendors' proxies have one shape, and come from nowhere but the vendor`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                var passwords: Set<String> = []
                for (index, body) in [Body.isp, Body.legacyISP, Body.ipv4, Body.ipv6, Body.mobileByIP].enumerated() {
                    let id = try await bought(api, body, "k-\(index)")
                    let answer = try await api.get("/orders/\(id)/proxies")
                    #expect(answer.status == 200 && answer.headers["cache-control"] == "no-store", "\(answer.text)")
                    let data = try #require(answer.json["data"]?.array, "\(answer.text)")
                    #expect(String(data.count) == answer.headers["x-proxies-ordered"])
                    for proxy in data {
                        for name in Self.members { #expect(proxy[name] != nil, "\(name) is missing") }
                        passwords.insert(proxy["password"]?.string ?? "")
                        #expect(proxy["country"]?.string?.count == 2 && proxy["expires_at"]?.string != nil)
                    }
                    try await compare(api, id, data)
                    #expect(try await api.with(rig.other).get("/orders/\(id)/proxies").status == 404)
                }
                #expect(passwords.count == 5 && !passwords.contains(""))
                let database = try Data(contentsOf: URL(filePath: rig.place.database))
                let log = try Data(contentsOf: URL(filePath: rig.place.database + "-wal"))
                for password in passwords {
                    #expect(database.firstRange(of: Data(password.utf8)) == nil, "a password is in the database")
                    #expect(log.firstRange(of: Data(password.utf8)) == nil, "a password is in the database's log")
                }
                try await rig.booksAgree(api)
            }
        }
    }

    /// Every form tells the same.
    private func compare(_ api: API, _ id: String, _ data: [JSON]) async throws {
        let plain = try await api.get("/orders/\(id)/proxies?format=plain").text.split(separator: "\n")
        let uris = try await api.get("/orders/\(id)/proxies?format=uri").text.split(separator: "\n")
        let rows = try await api.get("/orders/\(id)/proxies?format=csv").text.split(whereSeparator: \.isNewline)
        #expect(plain.count == data.count && uris.count == data.count && rows.count == data.count + 1)
        for (index, proxy) in data.enumerated() where index < min(plain.count, uris.count) {
            let ip = proxy["ip"]?.string ?? ""
            let host = ip.contains(":") ? "[\(ip)]" : ip
            let (user, password) = (proxy["user"]?.string ?? "", proxy["password"]?.string ?? "")
            let scheme = proxy["protocols"]?.array?.first?.string ?? ""
            let port = proxy["ports"]?[scheme]?.int ?? 0
            #expect(plain[index] == "\(host):\(port):\(user):\(password)")
            #expect(uris[index] == "\(scheme)://\(user):\(password)@\(host):\(port)")
            #expect(rows[index + 1].hasPrefix(ip + ","))
        }
    }

    /// How a download ended.
    private struct Download {
        var bytes = 0
        var isBroken = false
    }

    private func download(_ api: API, _ path: String) async throws -> Download {
        var request = HTTPClientRequest(url: api.url + path)
        request.headers.add(name: "Authorization", value: "Bearer " + (api.key ?? ""))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .ok)
        var download = Download()
        do {
            for try await piece in response.body { download.bytes += piece.readableBytes }
        } catch {
            download.isBroken = true
        }
        return download
    }

    @Test(arguments: ["json", "plain", "csv", "uri"])
    func `a download that breaks half-way is a broken transfer`(format: String) async throws {
        try await Rig.run(sandbox: Self.rich) { rig in
            try await rig.serving { api in
                let thousand = #"{"product":"isp","country":"US","quantity":1000,"months":1,"vendor":"helodata"}"#
                let id = try await bought(api, thousand, "k-1")
                let path = "/orders/\(id)/proxies?format=\(format)"
                let whole = try await download(api, path)
                #expect(!whole.isBroken && whole.bytes > 40_000)
                for reset in [false, true] {
                    var fault = SandboxFault(.cutBody, on: .ips)
                    fault.reset = reset
                    try rig.vendors.heloData.queue(fault)
                    let cut = try await download(api, path)
                    #expect(cut.isBroken && cut.bytes < whole.bytes)
                }
                // Of a list that has to be whole before a part can be believed, nothing is told at all.
                let legacy = try await bought(api, Body.ipv4, "k-2")
                try rig.vendors.legacy.queue(SandboxFault(.cutBody, on: .ipAddress))
                let refused = try await api.get("/orders/\(legacy)/proxies?format=\(format)")
                #expect(refused.status == 503 && refused.word == "vendor_unavailable", "\(refused.text)")
                #expect(refused.json["money_state"]?.string == "spent")
                #expect(try await api.get("/orders/\(legacy)/proxies?format=\(format)").status == 200)
            }
        }
    }

    @Test func `vendors that fail before the first proxy are problems`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let id = try await bought(api, Body.isp, "k-1")
                var fault = SandboxFault(.status, on: .ips)
                fault.status = 401
                try rig.vendors.heloData.queue(fault)
                #expect(try await api.get("/orders/\(id)/proxies").word == "vendor_auth_failed")
                var garbage = SandboxFault(.garbage, on: .ips)
                garbage.body = "ip,port\n198.51.100.42,8000\n"
                for fault in [SandboxFault(.drop, on: .ips), SandboxFault(.hang, on: .ips), garbage] {
                    try rig.vendors.heloData.queue(fault)
                    let answer = try await api.get("/orders/\(id)/proxies")
                    #expect(
                        answer.word == "vendor_unavailable" && answer.headers["retry-after"] != nil, "\(answer.text)")
                }
                let traffic = try await bought(api, Body.residential, "k-2")
                #expect(try await api.get("/orders/\(traffic)/proxies").word == "no_proxies")
            }
        }
    }

    /// A vendor that has enough, to a buyer that can pay.
    static let rich: SandboxSettings = {
        var settings = Rig.quick
        settings.heloData.balance = SandboxDecimal("1000000") ?? settings.heloData.balance
        for index in settings.heloData.stock.indices { settings.heloData.stock[index].available = 10_000 }
        return settings
    }()

    @Test func `five thousand are downloaded in flat memory`() async throws {
        try await Rig.run(sandbox: Self.rich) { rig in
            let gateway = try await GatewayProcess.start(in: rig.place)
            let api = API(url: gateway.url, key: rig.buyer)
            let many = #"{"product":"isp","country":"US","quantity":5000,"months":1,"vendor":"helodata"}"#
            let id = try await bought(api, many, "k-1")
            let first = try await download(api, "/orders/\(id)/proxies")
            #expect(!first.isBroken && first.bytes > 800_000)
            let before = try gateway.peakMemory()
            for format in ["json", "csv", "plain", "uri", "json", "csv", "plain", "uri"] {
                let list = try await download(api, "/orders/\(id)/proxies?format=\(format)")
                #expect(!list.isBroken && list.bytes > 200_000)
            }
            let grown = try gateway.peakMemory() - before
            #expect(grown < 8 << 20, "the peak grew by \(grown) bytes")
            #expect(await gateway.stop() == 0)
            rig.noSecrets(in: gateway.log)
        }
    }
}

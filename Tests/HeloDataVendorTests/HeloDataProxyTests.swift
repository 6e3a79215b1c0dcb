import ExactJSON
import Foundation
import HeloDataVendor
import Purchasing
import PurchasingTestKit
import Testing
import VendorSandbox

extension Sale {
    static let twentyIPs = Sale(
        orderID: IdentifierSource(milliseconds: { 1_780_000_000_000 }).next(.order), request: .twentyIPs,
        vendorOrderID: "ord_01HXabc", batchID: "bat_01HXabc")
}

extension ProxyList {
    /// All of them.
    func all() async throws -> [BoughtProxy] {
        var proxies: [BoughtProxy] = []
        for try await piece in self {
            #expect(!piece.isEmpty)
            proxies += piece
        }
        return proxies
    }
}

@Suite(.timeLimit(.minutes(1)))
struct `HeloData's proxies` {
    static let documented = """
        ip,port,user,pass,country,city,asn
        198.51.100.42,8000,helo_s1a2b3c4d5e,Mz4yQv8R,US,New York,7922

        """

    static let documentedProxy = BoughtProxy(
        ip: "198.51.100.42", httpPort: 8000, socks5Port: 8000, user: "helo_s1a2b3c4d5e", password: "Mz4yQv8R",
        country: Country("US"), city: "New York", asn: 7922)

    /// What an adapter makes of a sale at a scripted server.
    private func proxies(
        of sale: Sale = .twentyIPs, answering answer: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Act
    ) async throws -> (proxies: [BoughtProxy]?, failure: VendorError?, targets: [String]) {
        let server = try ScriptedServer(answering: answer)
        defer { server.stop() }
        let adapter = try HeloDataDialect.adapter(server.url)
        var proxies: [BoughtProxy]?
        var failure: VendorError?
        do {
            proxies = try await adapter.proxies(of: sale)?.all()
        } catch {
            failure = try #require(error as? VendorError)
        }
        await adapter.close()
        return (proxies, failure, server.requests.map(\.target))
    }

    private func proxies(in csv: String) async throws -> (proxies: [BoughtProxy]?, failure: VendorError?) {
        let result = try await proxies { _ in .http(200, csv, headers: ["Content-Type": "text/csv"]) }
        return (result.proxies, result.failure)
    }

    @Test func `are read as the download is documented`() async throws {
        let result = try await proxies { _ in .http(200, Self.documented, headers: ["Content-Type": "text/csv"]) }
        #expect(result.proxies == [try #require(Self.documentedProxy)])
        #expect(result.failure == nil)
        #expect(result.targets == ["/v1/isp/batches/bat_01HXabc/ips?format=csv"])
    }

    @Test(arguments: [
        // Other orders of columns, other spellings, further columns.
        "asn,City,PASSWORD,user,ip,port,country\n7922,New York,Mz4yQv8R,helo_s1a2b3c4d5e,198.51.100.42,8000,us\n",
        "ip_address,port,username,pass,country_code,city,asn,carrier\n198.51.100.42,8000,helo_s1a2b3c4d5e,Mz4yQv8R,USA,New York,7922,Comcast\n",
        // RFC 4180, whole.
        "\"ip\",port,user,pass,country,city,asn\r\n\"198.51.100.42\",8000,helo_s1a2b3c4d5e,\"Mz4yQv8R\",US,\"New York\",7922",
        "\u{FEFF}ip,port,user,pass,country,city,asn\n\n198.51.100.42,8000,helo_s1a2b3c4d5e,Mz4yQv8R,US,New York,7922\n\n",
    ])
    func `are read in every form that means the same`(csv: String) async throws {
        let result = try await proxies(in: csv)
        #expect(result.proxies == [try #require(Self.documentedProxy)], "\(String(describing: result.failure))")
    }

    @Test func `need no more than address, port and login`() async throws {
        let result = try await proxies(in: "ip,port,user,pass\n2001:DB8::0042,8000,\"a,\"\"b\",\"c:\nd\"\n")
        // A line break cannot stand in a password.
        #expect(result.failure == .unreadable("ips_row"))
        let good = try await proxies(in: "ip,port,user,pass\n2001:DB8::0042,8000,\"a,\"\"b\",\"c:,d\"\n")
        let proxy = try #require(good.proxies?.first)
        #expect(proxy.ip == "2001:db8::42" && proxy.isIPv6)
        #expect(proxy.login == ProxyLogin(user: "a,\"b", password: "c:,d"))
        #expect(proxy.country == nil && proxy.city == nil && proxy.asn == nil && proxy.expiresAt == nil)
    }

    @Test(arguments: [
        "198.51.100.42,8000,helo_s1a2b3c4d5e", "198.51.100.42,8000,u,p,US,New York,7922,more",
        "x,8000,u,p,US,New York,7922",
        "198.51.100.420,8000,u,p,US,New York,7922", "198.51.100.42,0,u,p,US,New York,7922",
        "198.51.100.42,65536,u,p,US,New York,7922", "198.51.100.42,8e3,u,p,US,New York,7922",
        "198.51.100.42,8000,,p,US,New York,7922", "198.51.100.42,8000,u,,US,New York,7922",
        "198.51.100.42,8000,u:v,p,US,New York,7922", "198.51.100.42,8000,u,p\u{7},US,New York,7922",
    ])
    func `are never fewer because one cannot be read`(row: String) async throws {
        let result = try await proxies(in: Self.documented + row + "\n" + Self.documented.split(separator: "\n")[1])
        #expect(result.failure == .unreadable("ips_row"), "\(String(describing: result.proxies))")
    }

    @Test(arguments: [
        "198.51.100.42,80\"00,u,p,US,New York,7922\n", "198.51.100.42,8000,\"u\"x,p,US,New York,7922\n",
        "198.51.100.42,8000,\"u,p,US,New York,7922\n", "198.51.100.42,8000,u,p,US,New York,7922\rx",
        "{\"code\":\"internal\"}\n", String(repeating: "x", count: 20_000),
    ])
    func `are no list where the text is no CSV`(row: String) async throws {
        let result = try await proxies(in: Self.documented + row)
        #expect(result.failure == .unreadable("ips_csv"))
    }

    @Test(arguments: [
        "", "\n", "198.51.100.42:8000:helo_s1a2b3c4d5e:Mz4yQv8R\n", "ip,port,user\n", "ip,port,user,pass,password\n",
        "<html>no</html>", "ip;port;user;pass\n",
    ])
    func `are no list where the columns are not named`(text: String) async throws {
        let result = try await proxies(in: text)
        #expect(result.failure == .unreadable("ips_columns"))
    }

    @Test func `are none where the batch has none, and not there where the batch is not`() async throws {
        let none = try await proxies(in: "ip,port,user,pass\n")
        #expect(none.proxies == [] && none.failure == nil)
        let absent = try await proxies { _ in .http(404, "{}") }
        #expect(absent.proxies == nil && absent.failure == nil)
    }

    @Test func `break where the body breaks, behind what had come`() async throws {
        let server = try ScriptedServer { _ in
            .answer(Array("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n\(Self.documented)".utf8))
        }
        defer { server.stop() }
        let adapter = try HeloDataDialect.adapter(server.url)
        let list = try #require(try await adapter.proxies(of: .twentyIPs))
        var iterator = list.makeAsyncIterator()
        let first = try await iterator.next()
        #expect(first == [try #require(Self.documentedProxy)])
        for _ in 0..<2 {
            do throws(VendorError) {
                let next = try await iterator.next()
                Issue.record("it goes on with \(next?.count ?? 0)")
            } catch {
                guard case .unavailable = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
        await adapter.close()
    }

    @Test func `are found by the order where nobody told the batch`() async throws {
        let sale = Sale(
            orderID: Sale.twentyIPs.orderID, request: .twentyIPs, vendorOrderID: "ord_01HXabc", batchID: nil)
        let result = try await proxies(of: sale) { request in
            request.target.contains("/ips")
                ? .http(200, Self.documented, headers: ["Content-Type": "text/csv"])
                : .http(200, #"{"data":[{"id":"bat_2","order_id":"ord_2"},{"id":"bat_9","order_id":"ord_01HXabc"}]}"#)
        }
        #expect(result.proxies?.count == 1)
        #expect(result.targets.last == "/v1/isp/batches/bat_9/ips?format=csv")
    }

    @Test func `tell nothing when they are printed`() async throws {
        let proxy = try #require(Self.documentedProxy)
        var words = "\(proxy)" + String(reflecting: proxy)
        dump(proxy, to: &words)
        dump(OrderedPair(proxy), to: &words)
        #expect(!words.contains("Mz4yQv8R") && !words.contains("s1a2b3c4d5e"))
    }

    private struct OrderedPair {
        let proxies: [BoughtProxy]
        init(_ proxy: BoughtProxy) { proxies = [proxy, proxy] }
    }

    @Test func `come from the sandbox as it sold them`() async throws {
        var settings = SandboxSettings()
        settings.heloData.readyAfterMs = 0
        let vendors = SandboxVendors(settings: settings)
        let ports = try await vendors.start()
        let adapter = try HeloDataAdapter(
            settings: HeloDataSettings(baseURL: ports.heloDataURL, apiKey: Secret(vendors.heloDataSettings.token)))
        let call = PurchaseCall(
            request: .twentyIPs, body: adapter.purchaseBody(for: .twentyIPs), key: "k", baseline: nil, quotedPrice: nil,
            context: CallContext(orderID: nil))
        guard case .bought(let receipt) = await adapter.purchase(call, late: { _ in }) else {
            Issue.record("nothing was bought")
            return
        }
        let sale = Sale(
            orderID: Sale.twentyIPs.orderID, request: .twentyIPs, vendorOrderID: receipt.vendorOrderID,
            batchID: receipt.batchID)
        let proxies = try await adapter.proxies(of: sale)?.all() ?? []
        #expect(Set(proxies.map(\.ip)).count == 20)
        #expect(proxies.allSatisfy { $0.city == "New York" && $0.asn == 7922 && $0.login != nil })
        await adapter.close()
        await vendors.stop()
    }
}

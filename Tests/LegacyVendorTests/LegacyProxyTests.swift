import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing
import VendorSandbox

@Suite(.timeLimit(.minutes(1)))
struct `The legacy vendor's proxies` {
    private static let orderID = IdentifierSource(milliseconds: { 1_780_000_000_000 }).next(.order)

    private static func sale(_ request: OrderRequest, _ id: String?) -> Sale {
        Sale(orderID: orderID, request: request, vendorOrderID: id, batchID: nil)
    }

    /// What an adapter makes of a sale at a scripted server.
    private func proxies(
        of sale: Sale, in list: String
    ) async throws -> (proxies: [BoughtProxy]?, failure: VendorError?, targets: [String]) {
        let server = try ScriptedServer { _ in .http(200, list) }
        defer { server.stop() }
        let adapter = try LegacyDialect.adapter(server.url)
        var proxies: [BoughtProxy]?
        var failure: VendorError?
        do throws(VendorError) {
            if let list = try await adapter.proxies(of: sale) {
                var iterator = list.makeAsyncIterator()
                proxies = []
                while let piece = try await iterator.next() { proxies? += piece }
            }
        } catch { failure = error }
        await adapter.close()
        return (proxies, failure, server.requests.map(\.target))
    }

    /// A list of one order `77` of a type, with a record's members put in.
    private static func list(_ type: String, _ members: String) -> String {
        #"{"success":true,"error":null,"\#(type)":[{"orderId":"77","ipAddresses":[{"id":"1",\#(members)}]}]}"#
    }

    private static let login = #""authInfo":{"login":"alice","password":"Mz4yQv8R"}"#

    @Test func `are the records of their order, and of no other`() async throws {
        let result = try await proxies(
            of: Self.sale(.ipv4, "1112223334283d122"), in: fixture("ipAddress.assumed-grouped"))
        let expected = ["198.51.100.42", "198.51.100.43"].map { ip in
            BoughtProxy(
                ip: ip, httpPort: 8000, socks5Port: 8001, user: "alice", password: "Mz4yQv8R", country: Country("US"),
                expiresAt: Date(rfc3339: "2026-06-27T10:00:00.220Z"))
        }
        #expect(result.proxies == expected.compactMap(\.self), "\(String(describing: result.failure))")
        #expect(result.targets.count == 1)
        #expect(result.targets.first?.hasSuffix("/ipAddress?proxyType=IPv4") == true)
    }

    @Test func `are not there where their order is not`() async throws {
        let elsewhere = try await proxies(of: Self.sale(.ipv4, "9"), in: fixture("ipAddress.assumed-grouped"))
        #expect(elsewhere.proxies == nil && elsewhere.failure == nil)
        let untold = try await proxies(of: Self.sale(.ipv4, nil), in: fixture("ipAddress.assumed-grouped"))
        #expect(untold.proxies == nil && untold.failure == nil && untold.targets.isEmpty)
    }

    struct Ports: Sendable, CustomTestStringConvertible {
        let members: String
        let http: Int?
        let socks5: Int?
        var testDescription: String { members }
    }

    @Test(arguments: [
        Ports(members: #""httpsPort":"8000","socks5Port":"8001""#, http: 8000, socks5: 8001),
        Ports(members: #""httpsPort":8000"#, http: 8000, socks5: nil),
        Ports(members: #""socks5Port":8001"#, http: nil, socks5: 8001),
        Ports(members: #""port":8000"#, http: 8000, socks5: nil),
        Ports(members: #""port":8000,"protocol":"SOCKS""#, http: nil, socks5: 8000),
        Ports(members: #""httpsPort":8000,"socks5Port":8001,"protocol":"HTTP""#, http: 8000, socks5: nil),
        Ports(members: #""httpsPort":8000,"socks5Port":8001,"protocol":"SOCKS5""#, http: nil, socks5: 8001),
    ])
    func `speak what their record says`(ports: Ports) async throws {
        let record = #""ip":"2001:db8::1",\#(ports.members),\#(Self.login)"#
        let result = try await proxies(of: Self.sale(.isp, "77"), in: Self.list("ISP", record))
        let proxy = try #require(result.proxies?.first, "\(String(describing: result.failure))")
        #expect(proxy.httpPort == ports.http && proxy.socks5Port == ports.socks5)
    }

    @Test func `have no login where an address opens them`() async throws {
        let record = #""ip":"2001:db8::1","socks5Port":1080,"authInfo":null"#
        let open = try await proxies(of: Self.sale(.ipv6, "77"), in: Self.list("IPv6", record))
        #expect(open.proxies?.count == 1 && open.proxies?.first?.login == nil)
        // Where a login was ordered, there must be one.
        let closed = try await proxies(of: Self.sale(.isp, "77"), in: Self.list("ISP", record))
        #expect(closed.failure == .unreadable("record"))
    }

    @Test(arguments: [
        #""ip":"198.51.100.1",\#(login)"#, #""httpsPort":8000,\#(login)"#,
        #""ip":"proxy.example","httpsPort":8000,\#(login)"#,
        #""ip":"198.51.100.1","httpsPort":0,\#(login)"#,
        #""ip":"198.51.100.1","httpsPort":"x","socks5Port":1,\#(login)"#,
        #""ip":"198.51.100.1","httpsPort":8000,"authInfo":{"login":"alice"}"#,
        #""ip":"198.51.100.1","httpsPort":8000,"authInfo":{"login":["a"],"password":"b"}"#,
        #""ip":"198.51.100.1","httpsPort":8000,"authInfo":"alice:Mz4yQv8R""#,
        #""ip":"198.51.100.1","httpsPort":8000,"authInfo":{"login":"a:b","password":"c"}"#,
    ])
    func `are never fewer because one cannot be read`(record: String) async throws {
        let result = try await proxies(of: Self.sale(.isp, "77"), in: Self.list("ISP", record))
        #expect(result.failure == .unreadable("record"), "\(String(describing: result.proxies?.count))")
    }

    @Test func `are no list where the list is a part`() async throws {
        let part = #"{"success":true,"error":null,"totalPages":2,"ISP":[]}"#
        let result = try await proxies(of: Self.sale(.isp, "77"), in: part)
        #expect(result.failure == .unreadable("partial_list"))
    }
}

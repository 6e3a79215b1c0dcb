import ExactJSON
import Foundation
import Purchasing
import Testing
import VendorHTTP

@testable import LegacyVendor

struct `The legacy list of goods` {
    private let redaction = Redaction(hiding: Secret(LegacyDialect.key))

    /// The goods of a list; nil when it is unreadable.
    private func goods(_ body: String) throws -> [Goods]? {
        guard let said = LegacyAnswer(VendorAnswer(status: 200, body: Array(body.utf8))) else { return nil }
        do {
            return try LegacyGoodsList(said).records.map {
                Goods(orderID: $0.key, records: $0.value, redaction: redaction)
            }
        } catch {
            guard case VendorError.unreadable = error else { throw error }
            return nil
        }
    }

    @Test func `is read from groups by type and order`() throws {
        let goods = try #require(try goods(fixture("ipAddress.assumed-grouped")))
        #expect(goods.count == 1)
        let first = try #require(goods.first)
        #expect(first.id == "1112223334283d122")
        #expect(first.orderNumber == "NUMBER-112233")
        #expect(first.shape == .ipv4)
        #expect(first.country == Country("US"))
        #expect(first.quantity == 2)
        #expect(first.proxyProtocol == nil)
        #expect(first.startsAt == Date(rfc3339: "2026-05-28T10:00:00.220Z"))
        #expect(first.endsAt == Date(rfc3339: "2026-06-27T10:00:00.220Z"))
        #expect(first.isReady)
        #expect(!first.details.text.contains("Mz4yQv8R") && !first.details.text.contains("alice"))
    }

    @Test func `is read from flat records, which are put together by order`() throws {
        let goods = try #require(try goods(fixture("ipAddress.assumed-flat")))
        #expect(goods.map(\.id) == ["77", "78", "79", "80"])
        #expect(goods.map(\.quantity) == [2, 1, 1, 1])
        #expect(goods.map(\.shape) == [.isp, .isp, .ipv6, .mobileByIP])
        #expect(goods.map(\.country?.alpha2) == ["DE", "DE", "FR", "US"])
        #expect(goods.map(\.proxyProtocol) == [nil, nil, .socks, .http])
        #expect(goods.map(\.mobileOperator) == [nil, nil, nil, "verizon"])
        #expect(goods[0].endsAt == Date(rfc3339: "2026-06-27T10:00:00.220Z"))
        #expect(!goods[3].details.text.contains("Mz4yQv8R"))
    }

    @Test(arguments: [
        #"{"success":true,"ipAddresses":[{"id":"1","orderId":"7","ip":"198.51.100.1"}]}"#,
        #"{"success":true,"data":{"IPV4":[{"id":"1","orderId":"7","ip":"198.51.100.1"}]}}"#,
        #"{"success":true,"IPv4":{"7":[{"id":"1","ip":"198.51.100.1"}]}}"#,
        #"{"success":true,"items":[{"id":7,"proxyType":"ISP","ips":[{"ipAddress":"198.51.100.1"}]}]}"#,
        #"{"success":true,"ISP":[{"orderId":"7","ips":[]}],"totalElements":1}"#,
        #"{"success":true,"ISP":[{"id":"1","orderId":"7"},{"id":"1","orderId":"7"}]}"#,
    ])
    func `is read in every likely shape`(_ body: String) throws {
        #expect(try goods(body)?.map(\.id) == ["7"])
        #expect((try goods(body)?.first?.quantity ?? 2) < 2)
    }

    @Test(arguments: [
        #"{"success":true,"ipAddresses":[]}"#, #"{"success":true,"IPv4":[],"ISP":null}"#,
        #"{"success":true,"data":{"ipv4":[],"ipv6":[]}}"#,
    ])
    func `is empty where the vendor says so`(_ body: String) throws { #expect(try goods(body) == []) }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"success":true}"#, #"{"success":true,"error":null}"#, #"{"ipAddresses":[]}"#,
        #"{"success":true,"IPv4":null}"#, #"{"success":true,"IPv4":"none"}"#, #"{"success":true,"IPv4":[1]}"#,
        #"{"success":true,"IPv4":[{"id":"1","ip":"198.51.100.1"}]}"#, #"{"success":true,"IPv4":[{"orderId":"7"}]}"#,
        #"{"success":true,"IPv4":[{"orderId":"a b","id":"1"}]}"#,
        #"{"success":true,"things":[{"id":"1","orderId":"7"}]}"#,
        #"{"success":true,"data":{"IPv4":[],"more":true}}"#, #"{"success":true,"IPv4":[{"ips":[{"id":"1"}]}]}"#,
        #"{"success":true,"IPv4":[],"totalPages":2}"#, #"{"success":true,"IPv4":[],"hasNext":true}"#,
        #"{"success":true,"IPv4":[],"totalElements":5}"#, #"{"success":true,"IPv4":[],"last":false}"#,
        #"{"success":true,"ISP":[{"id":"1","orderId":"7"},{"id":"1","orderId":"7","ip":"198.51.100.1"}]}"#,
        #"{"success":true,"IPv4":[],"next":"/p2"}"#, #"{"success":true,"IPv4":[],"IPv4":[]}"#,
    ])
    func `is never read in part, and never empty for want of understanding`(_ body: String) throws {
        #expect(try goods(body) == nil)
    }

    @Test func `tells nothing that its records do not agree on`() throws {
        let body =
            #"{"success":true,"items":[{"id":"1","orderId":"7","country":"USA","ip":"198.51.100.1"},"#
            + #"{"id":"2","orderId":"7","country":"DEU","proxyType":"ISP"}]}"#
        let first = try #require(try goods(body)?.first)
        #expect(first.country == nil && first.shape == nil)
        #expect(first.quantity == 2)
        #expect(!first.isReady)
    }

    @Test(arguments: [#""198.51.100.1""#, "null", "7"]) func `is refused with the words of the vendor`(_ value: String)
        throws
    {
        let mapping = LegacyMapping(redaction: redaction)
        let failure = VendorAnswer(status: 200, body: Array(LegacyDialect.failure("2").utf8))
        #expect(throws: VendorError.authFailed) { try mapping.read(failure) }
        let body = #"{"success":false,"ipAddresses":\#(value),"error":{"code":3,"message":"m"}}"#
        #expect(throws: VendorError.refused(code: "3", message: "m")) {
            try mapping.read(VendorAnswer(status: 200, body: Array(body.utf8)))
        }
    }
}

import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Quoting an order` {
    static let isp = #"{"product":"isp","country":"us","quantity":20,"months":2,"max_total":"300.00"}"#

    private static func vendor() -> ScriptedVendor {
        .idempotent { script in
            script.stock = [
                .success([
                    InventoryRow(
                        .isp, country: Country("US"), available: 240,
                        price: UnitPrice(Money(Millionths(6_123_456)), per: .ipMonth))
                ])
            ]
        }
    }

    @Test(arguments: Role.allCases) func `tells every price with its source, and buys nothing`(role: Role) async throws
    {
        try await Office.open(vendor: Self.vendor()) { office in
            let reply = try await office.call(.post, "/quotes", as: role, body: Self.isp)
            #expect(reply.status == 200)
            #expect(reply.json["policy"]?.string == "cheapest")
            #expect(reply.json["chosen"]?.string == "helodata")
            let line = try #require(reply.json["data"]?.array?.first)
            #expect(line["total"]?["amount"]?.string == "244.93824")
            #expect(line["unit_price"]?["amount"]?.string == "6.123456")
            #expect(line["unit_price"]?["per"]?.string == "ip_month")
            #expect(line["available"]?.int == 240)
            #expect(line["price_source"]?.string == "inventory")
            #expect(office.vendor.calls.isEmpty)
            let history = try await office.call(.get, "/orders", as: .operator)
            #expect(history.json["data"]?.array?.isEmpty == true)
        }
    }

    @Test func `names a vendor that would not be taken, with the reason`() async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let body = #"{"product":"isp","country":"us","quantity":20,"months":2,"max_total":"200"}"#
            let reply = try await office.call(.post, "/quotes", as: .buyer, body: body)
            #expect(reply.status == 200)
            #expect(reply.json["chosen"]?.isNull == true)
            let line = try #require(reply.json["data"]?.array?.first)
            #expect(line["ruled_out"]?.string == "its price of 244.93824 is above max_total")
            #expect(line["total"]?["amount"]?.string == "244.93824")
        }
    }

    @Test func `says why no price can be known`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.post, "/quotes", as: .buyer, body: Office.traffic)
            let line = try #require(reply.json["data"]?.array?.first)
            #expect(line["total"]?.isNull == true)
            #expect(line["unpriced"]?.string == "no order has told it and the configuration states none")
            #expect(reply.json["chosen"]?.string == "helodata")
        }
    }

    @Test func `is as strict as an order`() async throws {
        try await Office.open { office in
            let reply = try await office.call(
                .post, "/quotes", as: .buyer, body: #"{"product":"isp","quantty":20,"quantity":0}"#)
            #expect(reply.status == 422)
            #expect(reply.money == "unchanged")
            #expect(reply.faults.contains("/quantty unknown_field"))
            let nobody = try await office.call(
                .post, "/quotes", as: .buyer, body: #"{"product":"residential","gb":1,"vendor":"nobody"}"#)
            #expect(nobody.faults == ["/vendor unknown_vendor"])
        }
    }
}

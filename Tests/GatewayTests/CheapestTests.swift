import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// What is bought where it is cheapest, and never above the ceiling: prices change at the vendors meanwhile.
@Suite(.serialized) struct CheapestTests {
    static let isp = #"{"product":"isp","country":"US","quantity":10,"months":1}"#

    /// Both vendors sell ISP addresses in the US, at a price for an address and a month.
    static func price(heloData: String, legacy: String, in rig: Rig) throws {
        let stock =
            #"{"stock":[{"country":"us","city":"newyork","city_name":"New York","asn":7922,"available":500,"price":"\#(heloData)"}]}"#
        try rig.vendors.heloData.change(settings: try SandboxJSON(parsing: stock))
        let offers =
            #"{"offers":[{"proxy_type":"ISP","country":"USA","name":"United States","available":500,"price":"\#(legacy)"}]}"#
        try rig.vendors.legacy.change(settings: try SandboxJSON(parsing: offers))
    }

    private static func prices(in order: JSON) -> [String: String] {
        let candidates = order["routing"]?["candidates"]?.array ?? []
        return Dictionary(
            uniqueKeysWithValues: candidates.map {
                ($0["vendor"]?.string ?? "", $0["price"]?["amount"]?.string ?? $0["ruled_out"]?.string ?? "none")
            })
    }

    @Test func `an order goes to the cheaper vendor, and to the other when prices swap`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try Self.price(heloData: "6.00", legacy: "7.00", in: rig)
                let first = try await api.buy(Self.isp, key: "k-1")
                #expect(first.status == 201, "\(first.text)")
                #expect(first.json["vendor"]?.string == "helodata")
                #expect(first.json["routing"]?["policy"]?.string == "cheapest")
                #expect(Self.prices(in: first.json) == ["helodata": "60.00", "legacy": "70.00"])
                try Self.price(heloData: "7.50", legacy: "7.00", in: rig)
                let quote = try await api.call("POST", "/quotes", body: Self.isp)
                #expect(quote.json["chosen"]?.string == "legacy", "\(quote.text)")
                let second = try await api.buy(Self.isp, key: "k-2")
                #expect(second.json["vendor"]?.string == "legacy")
                #expect(Self.prices(in: second.json) == ["helodata": "75.00", "legacy": "70.00"])
                let named = try await api.buy(
                    #"{"product":"isp","country":"US","quantity":10,"months":1,"vendor":"helodata"}"#, key: "k-3")
                #expect(named.json["vendor"]?.string == "helodata")
                #expect(named.json["total"]?["amount"]?.string == "75.00")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test(arguments: ["helodata", "legacy"])
    func `a price raised between quote and order fails it unspent, and no order call is made`(vendor: String)
        async throws
    {
        try await Rig.run { rig in
            try await rig.serving { api in
                try Self.price(heloData: "6.00", legacy: "6.00", in: rig)
                let body =
                    #"{"product":"isp","country":"US","quantity":10,"months":1,"max_total":"60","vendor":"\#(vendor)"}"#
                let quote = try await api.call("POST", "/quotes", body: body)
                #expect(quote.json["chosen"]?.string == vendor, "\(quote.text)")
                try Self.price(heloData: "6.01", legacy: "6.01", in: rig)
                let answer = try await api.buy(body, key: "k-1")
                #expect(answer.status == 409)
                #expect(answer.word == "price_above_limit")
                #expect(answer.json["money_state"]?.string == "not_spent")
                let order = try await api.settled(answer.orderID)
                #expect(order["status"]?.string == "failed")
                try await rig.booksAgree(api)
                for books in [rig.vendors.heloData.books, rig.vendors.legacy.books] {
                    #expect(books.sold.isEmpty)
                    #expect(!books.entries.contains { $0.call == .order })
                }
            }
        }
    }

    @Test func `a sale above the price that was known is recorded as it is, and flagged`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try Self.price(heloData: "6.00", legacy: "9.00", in: rig)
                try rig.vendors.heloData.change(settings: try SandboxJSON(parsing: #"{"sale_surcharge":"1.25"}"#))
                let answer = try await api.buy(Self.isp, key: "k-1")
                #expect(answer.json["total"]?["amount"]?.string == "61.25", "\(answer.text)")
                #expect(answer.json["flags"]?.array?.map(\.string) == ["price_difference"])
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `a vendor that is down when prices are asked is passed over, and named`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try Self.price(heloData: "6.00", legacy: "5.00", in: rig)
                var down = SandboxFault(.drop, on: .calculate)
                down.times = nil
                try rig.vendors.legacy.queue(down)
                let answer = try await api.buy(Self.isp, key: "k-1")
                #expect(answer.json["vendor"]?.string == "helodata", "\(answer.text)")
                #expect(answer.json["routing"]?["candidates"]?.array?.last?["vendor"]?.string == "legacy")
                try await rig.booksAgree(api)
            }
        }
    }
}

import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing
import VendorHTTP

@testable import HeloDataVendor

struct `HeloData's inventory` {
    private let redaction = Redaction(hiding: Secret(HeloDataDialect.key))

    private func rows(
        _ pages: String..., of query: StockQuery = StockQuery(.isp)
    ) throws(VendorError) -> [InventoryRow] {
        var json: [JSON] = []
        for page in pages {
            guard let page = VendorAnswer(status: 200, body: Array(page.utf8)).json else { throw .unreadable("json") }
            json.append(page)
        }
        return try HeloDataInventory.rows(in: json, for: query, redaction: redaction)
    }

    /// The rows in short: `US newyork 7922 ×20000 6.00 USD {…}`.
    private func short(_ pages: String, of query: StockQuery = StockQuery(.isp)) throws -> [String] {
        try rows(pages, of: query).map { row in
            let place = [row.country?.alpha2 ?? "-", row.city ?? "-", row.asn.map(String.init) ?? "-"]
            let price = row.price.map { "\($0.money.text) \($0.money.currency)" } ?? "?"
            let words = place + [row.available.map { "×\($0)" } ?? "×?", price] + (row.details.map { [$0.text] } ?? [])
            return words.joined(separator: " ")
        }
    }

    private static let us7922 = StockQuery(.isp, country: Country("US"), asn: 7922)

    @Test func `is read from countries with networks and cities`() throws {
        #expect(
            try short(fixture("inventory.assumed-nested")) == [
                "US - - ×27000 5.50 USD", "US - 7922 ×25000 6.00 USD", "US newyork 7922 ×? 6.00 USD",
                "US losangeles 7922 ×? 6.00 USD", "US - 20115 ×2000 5.50 USD", "US dallas 20115 ×? 5.50 USD",
                "DE - - ×3000 4.50 USD", "DE - 3320 ×3000 4.50 USD", "DE frankfurt 3320 ×? 4.50 USD",
            ])
    }

    @Test func `is read from flat rows, exactly and in the spelling of orders`() throws {
        #expect(
            try short(fixture("inventory.assumed-flat")) == [
                #"US newyork 7922 ×1200 6.00 USD {"carrier":"Comcast"}"#,
                #"US losangeles 7922 ×800 6.125 USD {"carrier":"Comcast"}"#, "DE saopaulo 3320 ×0 4.50 EUR",
            ])
        #expect(
            try rows(fixture("inventory.assumed-flat")).allSatisfy { $0.shape == .isp && $0.price?.unit == .ipMonth })
    }

    @Test func `is read from countries with cities and networks`() throws {
        #expect(
            try short(fixture("inventory.assumed-per-country")) == [
                #"US - - ×27000 5.50 USD {"name":"United States","tier":1}"#, "US newyork 7922 ×20000 6.00 USD",
                "US newyork 701 ×10 ?", "US dallas - ×2000 5.50 USD", "NL - - ×50 2.50 USD",
            ])
    }

    @Test func `is read from one object about what was asked for`() throws {
        let details = #"{"as_of":"2026-05-28T10:00:00Z"}"#
        #expect(
            try short(fixture("inventory.assumed-filtered"), of: Self.us7922) == [
                "US - 7922 ×25000 6.00 USD \(details)", "US newyork 7922 ×? 6.00 USD", "US losangeles 7922 ×? 6.00 USD",
            ])
    }

    @Test func `is read from objects by country and network`() throws {
        #expect(
            try short(fixture("inventory.assumed-keyed")) == [
                "US - - ×27000 ?", "US newyork - ×? ?", "US - 7922 ×? 6.00 USD", "US - 20115 ×? 5.50 USD",
                "DE - - ×3000 ?", "DE - 3320 ×3000 4.50 USD",
            ])
    }

    @Test(
        arguments: [
            // What stands around a list, and around an element.
            (#"[{"country":"us","available":5}]"#, ["US - - ×5 ?"]),
            (#"{"inventory":[{"country":"us","available":5}]}"#, ["US - - ×5 ?"]),
            (#"{"data":{"items":[{"country":"usa","available":5}]}}"#, ["US - - ×5 ?"]),
            (#"{"results":{"us":[{"asn":7922,"stock":5}]}}"#, ["US - 7922 ×5 ?"]),
            (#"{"data":{"country":{"code":"us","name":"x"},"quantity":5}}"#, ["US - - ×5 ?"]),
            (#"{"asns":[{"asn":{"number":7922,"name":"Comcast"},"quantity":5}]}"#, ["- - 7922 ×5 ?"]),
            (#"{"countries":["us","DEU"]}"#, ["US - - ×? ?", "DE - - ×? ?"]),
            (
                #"{"country":"us","asns":[7922,"as701"],"price":6}"#,
                ["US - - ×? 6.00 USD", "US - 7922 ×? 6.00 USD", "US - 701 ×? 6.00 USD"]
            ),
            (
                #"{"country":"us","cities":{"New York":{"available":5},"dallas":{"available":6}}}"#,
                ["US newyork - ×5 ?", "US dallas - ×6 ?"]
            ),
            // Nothing there is an answer, too.
            ("[]", []), (#"{"data":[]}"#, []), (#"{"countries":[],"next_cursor":null}"#, []),
            // What counts the elements of a list is no quantity.
            (#"{"count":1,"data":[{"country":"us","count":5}]}"#, ["US - - ×5 ?"]),
            (
                #"{"country":"us","count":2,"items":[{"asn":7922},{"asn":701}]}"#,
                [#"US - - ×? ? {"count":2}"#, "US - 7922 ×? ?", "US - 701 ×? ?"]
            ),
            // The same place told twice: put together where that contradicts nothing.
            (
                #"{"country":"us","asns":[{"asn":7922,"available":5}],"pricing":[{"asn":7922,"price":6}]}"#,
                ["US - 7922 ×5 6.00 USD"]
            ),
            (
                #"[{"country":"us","price":6},{"country":"us","price":7},{"country":"us","price":7}]"#,
                ["US - - ×? 6.00 USD", "US - - ×? 7.00 USD"]
            ),
        ] as [(String, [String])])
    func `is read in every likely shape`(_ page: String, _ rows: [String]) throws {
        #expect(try short(page) == rows)
    }

    @Test(
        arguments: [
            (#""price":6"#, "6.00"), (#""price":"6.10""#, "6.10"), (#""price":0.123456"#, "0.123456"),
            (#""price":1.23e1"#, nil), (#""price":0.1234567"#, nil), (#""price":-6"#, nil), (#""price":0"#, nil),
            (#""price":"$6""#, nil), (#""price":"6,10""#, nil), (#""price":true"#, nil), (#""price":[6]"#, nil),
            (#""price":{"amount":"6.10"}"#, "6.10"), (#""price":{"amount":6,"currency":"EUR"}"#, "6.00 EUR"),
            (#""price":{"amount":6,"discount":1}"#, nil), (#""price":{"value":6,"per":"year"}"#, nil),
            (#""price_usd":6,"currency":"EUR""#, "6.00"), (#""price":6,"currency":"EUR""#, "6.00 EUR"),
            (#""price":6,"currency":"dollars""#, nil), (#""price_usd":{"amount":6,"currency":"EUR"}"#, nil),
            (#""monthly_price":6,"price":6.0"#, "6.00"), (#""monthly_price":6,"price":7"#, nil),
            (#""monthly_price":6,"price":"ask us""#, "6.00"), (#""price_per_ip_month":6"#, "6.00"),
            (#""unit_price":6,"period":"Month""#, "6.00"), (#""price":60,"billing_cycle":"annual""#, nil),
            (#""price":6,"unit":"IP/month""#, "6.00"), (#""price":6,"unit":"gb""#, nil),
            (#""price":6,"months":1"#, "6.00"),
            (#""price":60,"months":12"#, nil), (#""price":6,"days":30"#, "6.00"), (#""price":1,"days":1"#, nil),
            (#""price":6,"min_quantity":5"#, "6.00"), (#""price":4,"min_quantity":100"#, nil),
            (#""annual_price":60"#, nil), (#""pricing":{"7922":"free"}"#, nil),
            (#""prices":[{"months":1,"price":6},{"months":12,"price":60}]"#, nil),
        ] as [(String, String?)])
    func `has a price only where one IP for one month is told exactly`(_ members: String, _ price: String?) throws {
        let rows = try rows(#"{"price":9,"data":[{"country":"us","asn":1,"available":5,\#(members)}]}"#)
        let told = rows.first { $0.available == 5 }?.price
        let expected = price.map { $0.contains(" ") ? $0 : $0 + " USD" }
        let text = told.map { "\($0.money.text) \($0.money.currency)" }
        // A price that is no member's own would be that of the whole answer.
        #expect(text == expected || members.contains("annual") && text == "9.00 USD")
    }

    @Test func `hands a price down unless a part states another one`() throws {
        let page = #"{"country":"us","price":6,"cities":["dallas"],"asns":[{"asn":701},{"asn":7922OTHER}]}"#
        #expect(
            try short(page.replacingOccurrences(of: "OTHER", with: "")) == [
                "US - - ×? 6.00 USD", "US dallas - ×? 6.00 USD", "US - 701 ×? 6.00 USD", "US - 7922 ×? 6.00 USD",
            ])
        #expect(
            try short(page.replacingOccurrences(of: "OTHER", with: #","price":7"#)) == [
                "US - - ×? 6.00 USD", "US dallas - ×? ?", "US - 701 ×? ?", "US - 7922 ×? 7.00 USD",
            ])
        #expect(
            try short(page.replacingOccurrences(of: "OTHER", with: #","price":"ask us""#)).filter {
                $0.contains("6.00")
            }
                == ["US - - ×? 6.00 USD"])
    }

    @Test func `never tells a quantity or a price of a place that it cannot read for another one`() throws {
        #expect(
            try short(#"[{"country":"us","city":"東京","available":5,"price":6}]"#) == [
                #"US - - ×? ? {"country":"us","city":"東京","available":5,"price":6}"#
            ])
        #expect(
            try short(#"[{"country":"Atlantis","available":5}]"#, of: Self.us7922) == [
                #"- - 7922 ×? ? {"country":"Atlantis","available":5}"#
            ])
        #expect(
            try short(#"{"country":"us","asns":[{"carrier":"Comcast","available":5},{"asn":"x"},{"asn":4294967296}]}"#)
                == [
                    #"US - - ×? ? {"carrier":"Comcast","available":5}"#, #"US - - ×? ? {"asn":"x"}"#,
                    #"US - - ×? ? {"asn":4294967296}"#,
                ])
        #expect(
            try short(#"{"us":{"country":"de","available":5}}"#) == [#"- - - ×? ? {"country":"de","available":5}"#])
    }

    @Test func `keeps what it does not understand, without secrets and cut short`() throws {
        let page =
            #"[{"country":"us","available":true,"note":"\#(HeloDataDialect.key)","password":"x"},{"foo":1},7,"x",[],null]"#
        #expect(
            try short(page) == [
                #"US - - ×? ? {"available":true,"note":"<redacted>","password":"<redacted>"}"#,
                #"- - - ×? ? {"foo":1}"#,
                #"- - - ×? ? [7,"x",[]]"#,
            ])
        let long = (0..<100).map { #""a\#($0)":"\#(String(repeating: "x", count: 1000))""# }.joined(separator: ",")
        let row = try rows(#"[{"country":"us",\#(long)}]"#).first
        #expect((row?.details?.text.utf8.count ?? 0) < 6000)
    }

    @Test func `is about what was asked for, where it does not say otherwise`() throws {
        #expect(try short(#"{"available":5,"price":6}"#, of: Self.us7922) == ["US - 7922 ×5 6.00 USD"])
        #expect(
            try short(#"{"available":5,"cities":["dallas"],"pricing":[{"asn":7922,"price":6}]}"#, of: Self.us7922) == [
                "US - 7922 ×5 6.00 USD", "US dallas 7922 ×? ?",
            ])
        // The filter was not heeded: what is told of other places is left out, and so are sums over them.
        #expect(
            try short(fixture("inventory.assumed-nested"), of: Self.us7922) == [
                "US - 7922 ×25000 6.00 USD", "US newyork 7922 ×? 6.00 USD", "US losangeles 7922 ×? 6.00 USD",
            ])
        // It was heeded by the networks and not by the sum above them.
        #expect(
            try short(
                #"[{"country":"us","available":27000,"price":5.5,"asns":[{"asn":7922,"available":5,"price":6}]}]"#,
                of: Self.us7922) == ["US - 7922 ×5 6.00 USD"])
    }

    @Test(arguments: [
        "null", "true", "7", #""none""#, "{}", "[7]", #"{"data":{}}"#, #"{"data":null}"#, #"{"data":"none"}"#,
        #"{"foo":[{"bar":1}]}"#, #"{"code":"internal","message":"x"}"#, #"{"count":3}"#, #"[{"foo":1}]"#,
        #"[{"country":"Atlantis"}]"#, #"{"country":"us","available":5,"available":6}"#, "[", "<html>", "",
    ])
    func `is an error where nothing can be understood`(_ page: String) throws {
        let error = #expect(throws: VendorError.self) { try rows(page) }
        guard case .unreadable = error else {
            Issue.record("\(page) gave \(String(describing: error))")
            return
        }
        #expect(throws: VendorError.self) { try rows(#"[{"country":"us"}]"#, page) }
    }

    @Test func `may be huge, and is bounded`() throws {
        func networks(_ count: Int) -> String {
            "[" + (1...count).map { #"{"country":"us","asn":\#($0),"available":1,"price":6}"# }.joined(separator: ",")
                + "]"
        }
        #expect(try rows(networks(20_000)).count == 20_000)
        #expect(throws: VendorError.unreadable("too_many_rows")) { try rows(networks(20_001)) }
        // The same place again and again, each time with another price.
        let prices = (1...3000).map { #"{"country":"us","price":\#($0)}"# }.joined(separator: ",")
        #expect(try rows("[\(prices)]").count == 3000)
        let junk = "[" + String(repeating: "7,", count: 200_000) + #"{"country":"us"}]"#
        #expect(try rows(junk).count == 2)
        let deep =
            String(repeating: #"{"data":["#, count: 14) + #"{"country":"us"}"# + String(repeating: "]}", count: 14)
        #expect(try short(deep) == ["US - - ×? ?"])
    }

    @Test func `never tells a number that does not stand there`() throws {
        var random = SeededRandom()
        let names = ["nested", "flat", "per-country", "filtered", "keyed"]
        for _ in 0..<3000 {
            let page = fixture("inventory.assumed-\(names.randomElement(using: &random) ?? "flat")")
            let body = DocumentBreaker().broken(page, with: &random)
            guard let json = VendorAnswer(status: 200, body: body).json else { continue }
            let text = String(decoding: body, as: UTF8.self)
            let rows: [InventoryRow]
            do { rows = try HeloDataInventory.rows(in: [json], for: StockQuery(.isp), redaction: redaction) } catch {
                continue
            }
            for row in rows {
                let price = row.price.map { text.contains($0.money.amount.text(places: 0)) } ?? true
                let count = row.available.map { text.contains(String($0)) } ?? true
                guard price, count else {
                    Issue.record("\(row) is not in \(text) (seed \(random.seed))")
                    return
                }
            }
        }
    }
}

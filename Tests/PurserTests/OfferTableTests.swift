import ExactJSON
import Foundation
import Purchasing
import Testing

@testable import purser

/// What the gateway answers, as tables.
@Suite struct OfferTableTests {
    static let now = Date(rfc3339: "2026-05-28T10:00:12.345Z") ?? Date()

    @Test func `a quote marks the vendor that would be taken, and says why not the others`() throws {
        let quotation = try JSON(
            parsing: #"""
                {"policy":"cheapest","chosen":"helodata","data":[
                {"vendor":"helodata","available":240,"total":{"amount":"120.00","currency":"USD"},
                 "unit_price":{"amount":"6.00","currency":"USD","per":"ip_month"},"price_source":"inventory",
                 "as_of":"2026-05-28T10:00:00.000Z","unpriced":null,"warnings":["an old list"],"ruled_out":null,"unused":["goal"]},
                {"vendor":"legacy","available":null,"total":{"amount":"1131.005","currency":"USD"},"unit_price":null,
                 "price_source":"price_list","as_of":"2026-05-28T09:55:00.000Z","unpriced":null,"warnings":[],"ruled_out":null,"unused":[]},
                {"vendor":"third","available":null,"total":null,"unit_price":null,"price_source":null,"as_of":null,
                 "unpriced":"it was not asked","warnings":[],"ruled_out":"cannot choose an ASN","unused":[]},
                {"vendor":"fourth","available":null,"total":null,"unit_price":null,"price_source":null,"as_of":null,
                 "unpriced":"nobody told","warnings":[],"ruled_out":null,"unused":[]}]}
                """#)
        #expect(
            QuoteTable(quotation: quotation, now: Self.now).text(colours: false) == """
                   VENDOR           TOTAL         UNIT PRICE  SOURCE        AGE  IN STOCK  NOTE
                *  helodata    120.00 USD  6.00 USD/IP/month  inventory    12 s       240  an old list; no use for goal
                   legacy    1131.005 USD                  -  price list  5 min         -
                   third                -                  -  -               -         -  ruled out: cannot choose an ASN
                   fourth               -                  -  -               -         -  no price: nobody told

                * helodata would be asked first (cheapest).

                """)
    }

    @Test func `a quote that nobody could take says so`() throws {
        let quotation = try JSON(parsing: #"{"policy":"cheapest","chosen":null,"data":[]}"#)
        #expect(
            QuoteTable(quotation: quotation, now: Self.now).text(colours: true)
                .hasSuffix("\nNo vendor could take the order (cheapest).\n"))
    }

    @Test func `an inventory marks what is stale, says how each vendor stands, and has no empty columns`() throws {
        let inventory = try JSON(
            parsing: #"""
                {"data":[
                {"vendor":"helodata","product":"isp","country":"US","city":"newyork","asn":7922,"available":20000,
                 "price":{"amount":"6.00","currency":"USD","per":"ip_month"},"as_of":"2026-05-28T10:00:00.000Z","stale":false},
                {"vendor":"helodata","product":"isp","country":"DE","city":null,"asn":3320,"available":50,
                 "price":null,"as_of":"2026-05-28T07:00:00.000Z","stale":true},
                {"vendor":"legacy","product":"isp","country":"US","city":null,"asn":null,"available":null,
                 "price":null,"as_of":"2026-05-25T10:00:00.000Z","stale":false,"rental_days":[30,60]}],
                "vendors":[{"vendor":"helodata","state":"stale","as_of":"2026-05-28T07:00:00.000Z","error":"connection_refused"},
                {"vendor":"legacy","state":"fresh","as_of":"2026-05-25T10:00:00.000Z","error":null},
                {"vendor":"third","state":"not_offered","as_of":null,"error":null}]}
                """#)
        #expect(
            InventoryTable(inventory: inventory, now: Self.now).text(colours: false) == """
                VENDOR    PRODUCT  COUNTRY  CITY      ASN    DAYS  AVAILABLE              PRICE   AGE
                helodata  isp      US       newyork  7922       -      20000  6.00 USD/IP/month  12 s
                helodata  isp      DE       -        3320       -         50                  -   3 h  stale
                legacy    isp      US       -           -  30, 60          -                  -   3 d

                VENDOR    LIST         AGE  ERROR
                helodata  stale        3 h  connection_refused
                legacy    fresh        3 d  -
                third     not offered    -  -

                """)
        let coloured = InventoryTable(inventory: inventory, now: Self.now).text(colours: true)
        #expect(coloured.contains("\u{1B}[33mhelodata  isp      DE"))
        #expect(!coloured.contains("\u{1B}[33mlegacy    isp"))
        #expect(
            InventoryTable(inventory: try JSON(parsing: #"{"data":[],"vendors":[]}"#), now: Self.now)
                .text(colours: false).hasPrefix("Nothing that was asked for is in any list.\n"))
    }

    static let vendor = #"""
        {"name":"helodata","kind":"helodata","enabled":true,"products":[],"idempotent":true,"key_holds":true,
         "health":{"circuit":"closed","rest_seconds":null,"answered_at":"2026-05-28T10:00:00.000Z","failures_in_a_row":0,
                   "last_failure":null,"latency_ms":182},
         "account":{"balance":{"amount":"1250.40","currency":"USD"},"kyc_status":"approved",
                    "as_of":"2026-05-28T10:00:00.000Z","stale":false,"error":null},
         "purchases_in_flight":2,"purchases_at_once":32,"unknown_orders":0,"oldest_unknown":null,"unknown_actions":0,"oldest_unknown_action":null}
        """#

    /// What is changed in the vendor's document, and what its row has then.
    static let vendorRows: [(change: (String, String)?, row: String)] = [
        (nil, #"helodata +ok +182 ms +1250\.40 USD +12 s +2/32 +0 +0$"#),
        ((#""enabled":true"#, #""enabled":false"#), #"helodata +not enabled "#),
        ((#""closed","rest_seconds":null"#, #""open","rest_seconds":17"#), #"helodata +resting 17 s "#),
        ((#""failures_in_a_row":0"#, #""failures_in_a_row":3"#), #"helodata +failing \(3 in a row\) "#),
        ((#""answered_at":"2026-05-28T10:00:00.000Z""#, #""answered_at":null"#), #"helodata +not called yet "#),
        ((#""key_holds":true"#, #""key_holds":false"#), #" its idempotency key did not hold$"#),
        (
            (
                #""purchases_in_flight""#,
                #""overdraft":{"balance":{"amount":"-1.20","currency":"USD"},"since":"2026-05-28T09:00:00Z"},"purchases_in_flight""#
            ), #" its balance is below zero: nothing is bought there$"#
        ),
        ((#""approved""#, #""pending""#), #" kyc pending$"#),
        (
            (
                #""unknown_orders":0,"oldest_unknown":null"#,
                #""unknown_orders":1,"oldest_unknown":"2026-05-28T09:00:00Z""#
            ),
            #" 1 +0  oldest unknown order 60 min ago$"#
        ),
        (
            (
                #""unknown_actions":0,"oldest_unknown_action":null"#,
                #""unknown_actions":2,"oldest_unknown_action":"2026-05-28T09:00:00Z""#
            ),
            #" 0 +2  oldest unknown action 60 min ago$"#
        ),
        (
            (#""last_failure":null"#, #""last_failure":{"reason":"deadline","at":"2026-05-27T03:12:09.000Z"}"#),
            #" last failure deadline, 30 h ago$"#
        ),
        (
            (#""stale":false,"error":null"#, #""stale":true,"error":"deadline""#),
            #" account: deadline; the balance is stale$"#
        ),
    ]

    @Test(arguments: vendorRows.indices) func `a vendor's row says how it stands`(index: Int) throws {
        let (change, row) = Self.vendorRows[index]
        let text = change.map { Self.vendor.replacing($0.0, with: $0.1) } ?? Self.vendor
        let table = VendorTable(vendors: ["data": .array([try JSON(parsing: text)])], now: Self.now)
        let line = try #require(table.text(colours: false).split(separator: "\n").last)
        #expect(line.contains(try Regex(row)), "\(line)")
    }

    @Test func `a catalog counts countries where there are many`() throws {
        let entry = #"""
            {"vendor":"legacy","product":"mobile","sold_by":"ip","required":["quantity","country"],"optional":["auth"],
             "unused":[],"quantity":{"min":1,"max":500},"rental":"days","quotes":true,"inventory":false,
             "countries":["DE","US"],"rental_days":null,"mobile_operators":null,"promo_codes":null,
             "as_of":"2026-05-28T09:00:00.000Z","stale":true,"error":"deadline"}
            """#
        let many = entry.replacing(#"["DE","US"]"#, with: #"["A","B","C","D","E","F","G"]"#)
        let data = JSON.array(try [entry, many].map { try JSON(parsing: $0) })
        #expect(
            CatalogTable(catalog: ["data": data], now: Self.now).text(colours: false) == """
                VENDOR  PRODUCT  SOLD BY  QUANTITY  RENTAL  REQUIRED           OPTIONAL  COUNTRIES     AGE  NOTE
                legacy  mobile   ip       1 to 500  days    quantity, country  auth      DE, US     60 min  stale; deadline
                legacy  mobile   ip       1 to 500  days    quantity, country  auth      7          60 min  stale; deadline

                """)
    }
}

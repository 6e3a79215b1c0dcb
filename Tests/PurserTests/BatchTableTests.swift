import ExactJSON
import Foundation
import Purchasing
import Testing

@testable import purser

/// Batches and actions, as tables.
@Suite struct BatchTableTests {
    static let now = Date(rfc3339: "2026-05-28T10:00:00.000Z") ?? Date()

    static let batch = #"""
        {"id":"bat_1","status":"active","vendor":"helodata","country":"US","city":"newyork","asn":7922,"quantity":20,
         "expires_at":"2026-06-28T10:30:59.000Z","order_id":"ord_1","replacements":{"free_until":"2026-06-11T10:00:00.000Z","remaining":20},
         "vendor_details":{"plan":"x\u001b","ips":["198.51.100.1"],"deep":{"a":1},"note":null}}
        """#

    static let stray = #"""
        {"id":"bat_2","status":null,"vendor":"helodata","country":null,"city":null,"asn":null,"quantity":null,
         "expires_at":null,"order_id":null,"replacements":null,"vendor_details":{}}
        """#

    @Test func `batches say when they lapse, and how to see the rest`() throws {
        let soon = Self.batch.replacing("2026-06-28T10:30:59", with: "2026-05-30T09:00:00")
        let over = Self.batch.replacing("2026-06-28T10:30:59", with: "2026-05-28T09:00:00")
        let data = JSON.array(try [Self.batch, Self.stray, soon, over].map { try JSON(parsing: $0, as: .answer) })
        let table = BatchTable(batches: ["data": data, "next_cursor": "c\u{1B}"], now: Self.now)
        #expect(
            table.text(colours: false) == """
                BATCH  STATUS  VENDOR    COUNTRY  CITY      ASN  IPS  EXPIRES              IN  FREE  ORDER
                bat_1  active  helodata  US       newyork  7922   20  2026-06-28 10:30Z  31 d    20  ord_1
                bat_2  -       helodata  -        -           -    -  -                     -     -  -
                bat_1  active  helodata  US       newyork  7922   20  2026-05-30 09:00Z  47 h    20  ord_1
                bat_1  active  helodata  US       newyork  7922   20  2026-05-28 09:00Z  over    20  ord_1

                There are more: --cursor c\\u{1B}

                """)
        let lines = table.text(colours: true).split(separator: "\n")
        #expect(lines[3].hasPrefix("\u{1B}[33m") && lines[4].hasPrefix("\u{1B}[2m") && lines[1].hasPrefix("bat_1"))
        #expect(BatchTable(batches: ["data": .array([])], now: Self.now).text(colours: false) == "No batches.\n")
    }

    @Test func `a batch is shown with what its vendor says, and without what nobody knows`() throws {
        #expect(
            BatchSheet(batch: try JSON(parsing: Self.batch, as: .answer), now: Self.now).text == """
                batch                      bat_1
                status                     active
                vendor                     helodata
                country                    US
                city                       newyork
                asn                        7922
                ips                        20
                expires                    2026-06-28T10:30:59.000Z (31 d)
                order                      ord_1
                free replacements          20
                free as a new batch until  2026-06-11T10:00:00.000Z
                vendor's plan              x\\u{1B}
                vendor's ips               198.51.100.1

                """)
        #expect(
            BatchSheet(batch: try JSON(parsing: Self.stray, as: .answer), now: Self.now).text
                == "batch   bat_2\nvendor  helodata\n")
    }

    @Test func `actions say what they led to, or why not`() throws {
        let actions = try JSON(
            parsing: #"""
                {"data":[{"id":"act_1","kind":"renew","status":"completed","vendor":"v","total":{"amount":"120.00","currency":"USD"},
                 "created_at":"2026-05-28T09:00:00.000Z","result":{"expires_at":"2026-06-28T10:00:00.000Z"}},
                {"id":"act_2","kind":"rotate_password","status":"unknown","vendor":"v","total":null,"created_at":"2026-05-28T09:59:00.000Z",
                 "unknown":{"reason":"deadline","needs_review":false,"findings":[]}},
                {"id":"act_3","kind":"refresh","status":"failed","vendor":"v","total":null,"created_at":"2026-05-28T09:59:30.000Z",
                 "error":{"detail":"once a month"}}],"next_cursor":null}
                """#)
        #expect(
            ActionTable(actions: actions, now: Self.now).text(colours: false) == """
                ACTION  KIND             STATUS          TOTAL     AGE  NOTE
                act_1   renew            completed  120.00 USD  60 min  expires at: 2026-06-28T10:00:00.000Z
                act_2   rotate password  unknown             -    60 s  the vendor may have done it (deadline); it is being settled by evidence
                act_3   refresh          failed              -    30 s  not done: once a month

                """)
        #expect(
            ActionTable(actions: ["data": .array([])], now: Self.now).text(colours: false)
                == "Nothing was done to it.\n")
    }
}

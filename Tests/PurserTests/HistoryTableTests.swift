import ArgumentParser
import ExactJSON
import Foundation
import Purchasing
import Testing

@testable import purser

/// Orders, actions and timelines, as tables and sheets; and what the commands that read and settle them send.
@Suite struct HistoryTableTests {
    static let now = Date(rfc3339: "2026-05-28T10:00:00.000Z") ?? Date()

    static let order = #"""
        {"id":"ord_1","status":"completed","money_state":"spent","product":"isp","vendor":"legacy","vendor_order_id":"v-1",
         "vendor_order_number":null,"batch_id":null,"request":{"product":"isp","quantity":5,"days":30,"vendor":"legacy"},
         "total":{"amount":"12.50","currency":"USD"},"flags":[],"client":"crawler","idempotency_key":"k-1",
         "metadata":{"team":"x\u001b"},"created_at":"2026-05-27T10:00:00.000Z","settled_at":"2026-05-27T10:00:01.000Z",
         "expires_at":"2026-06-28T10:00:00.000Z","auto_renew":{"enabled":true,"days":1},"unknown":null,"error":null}
        """#

    static let action = #"""
        {"id":"act_1","kind":"replace","order_id":"ord_1","batch_id":"bat_1","vendor":"helodata","status":"unknown",
         "money_state":"maybe_spent","request":{"kind":"replace","ip":"ip_1","max_total":"6.00"},
         "quoted":{"amount":"6.00","currency":"USD"},"total":null,"result":null,
         "unknown":{"reason":"deadline","needs_review":true,"findings":["the balance did not move"]},"error":null,
         "client":"crawler","idempotency_key":"a-1","created_at":"2026-05-28T09:00:00.000Z","settled_at":null}
        """#

    private static func json(_ text: String) throws -> JSON { try JSON(parsing: text, as: .answer) }

    @Test func `orders are listed with how they stand, and how to see the rest`() throws {
        let lost = Self.order.replacing(
            #""completed","money_state":"spent""#, with: #""unknown","money_state":"maybe_spent""#
        )
        .replacing(#""unknown":null"#, with: #""unknown":{"reason":"deadline","needs_review":true,"findings":[]}"#)
        let data = JSON.array(try [Self.order, lost].map(Self.json))
        let table = OrderTable(orders: ["data": data, "next_cursor": "c"], now: Self.now)
        let text = table.text(colours: false)
        #expect(
            text == """
                ORDER  PRODUCT  VENDOR  STATUS         TOTAL   AGE  LAPSES IN  CLIENT   NOTE
                ord_1  isp      legacy  completed  12.50 USD  24 h       31 d  crawler
                ord_1  isp      legacy  unknown    12.50 USD  24 h       31 d  crawler  the vendor may have sold it \
                (deadline); only an operator can decide, with purser orders resolve

                There are more: --cursor c

                """)
        #expect(table.text(colours: true).split(separator: "\n")[2].hasPrefix("\u{1B}[33m"))
        #expect(OrderTable(orders: ["data": .array([])], now: Self.now).text(colours: true) == "No orders.\n")
    }

    @Test func `an order is shown with everything that is known of it, and nothing acts on the terminal`() throws {
        #expect(
            OrderSheet(order: try Self.json(Self.order), now: Self.now).text == """
                order           ord_1
                status          completed
                money           spent
                vendor          legacy
                vendor's order  v-1
                total           12.50 USD
                expires         2026-06-28T10:00:00.000Z (31 d)
                renews itself   for 1 day each time
                client          crawler
                key             k-1
                made            2026-05-27T10:00:00.000Z
                settled         2026-05-27T10:00:01.000Z
                product         isp
                quantity        5
                days            30
                metadata team   x\\u{1B}

                """)
    }

    @Test func `an order that a person decided says who told its total, and what was decided and why`() throws {
        let text = Self.order.replacing(#""flags":[]"#, with: #""total_source":"operator","flags":[]"#)
        let order = try Self.json(text)
        #expect(OrderSheet.mayBeDecided(order))
        #expect(!OrderSheet.mayBeDecided(try Self.json(Self.order)))
        let events = try Self.json(
            #"""
            {"data":[{"type":"decision.made","cause":"resolved","data":{"outcome":"bought","reason":"on the invoice","by":"kim"}},
                {"type":"decision.made","cause":"goods_named","data":{"outcome":"bought","reason":"it was 71","by":"lee"}},
                {"type":"decision.made","cause":"needs_review","data":{"findings":[]}}]}
            """#)
        let sheet = OrderSheet(order: order, now: Self.now, events: events).text
        #expect(sheet.contains("total from      operator\n"), "\(sheet)")
        #expect(sheet.contains("decided         bought, by kim: on the invoice\n"), "\(sheet)")
        #expect(sheet.contains("decided         goods named, by lee: it was 71\n"), "\(sheet)")
        #expect(sheet.components(separatedBy: "decided").count == 3)
    }

    @Test func `a refund that was recorded before says so`() throws {
        let entry = Array(#"{"id":"rfd_1","amount":{"amount":"1.00","currency":"USD"}}"#.utf8)
        let again = OrdersCommand.Refund.text(of: try GatewayAnswer(status: 201, bytes: entry, isReplay: true))
        #expect(again.hasPrefix("already recorded, with this key; nothing was added\nREFUND"))
        #expect(OrdersCommand.Refund.text(of: try GatewayAnswer(status: 201, bytes: entry)).hasPrefix("REFUND"))
    }

    @Test func `actions of all orders say which order and vendor`() throws {
        let table = ActionTable(
            actions: ["data": .array([try Self.json(Self.action)]), "next_cursor": "c"], now: Self.now,
            isOfOneOrder: false)
        let lines = table.text(colours: false).split(separator: "\n")
        #expect(lines[0] == "ACTION  ORDER  VENDOR    KIND     STATUS   TOTAL     AGE  NOTE")
        #expect(
            lines[1].hasPrefix("act_1   ord_1  helodata  replace  unknown      -  60 min  the vendor may have done it"))
        #expect(lines[2] == "There are more: --cursor c")
        #expect(
            ActionTable(actions: ["data": .array([])], now: Self.now, isOfOneOrder: false).text(colours: false)
                == "No actions.\n")
    }

    @Test func `an action is shown with what was asked and why nobody knows`() throws {
        #expect(
            ActionSheet(action: try Self.json(Self.action)).text == """
                action     act_1
                kind       replace
                status     unknown
                money      maybe spent
                order      ord_1
                batch      bat_1
                vendor     helodata
                quoted     6.00 USD
                client     crawler
                key        a-1
                asked for  2026-05-28T09:00:00.000Z
                ip         ip_1
                max total  6.00
                  the vendor may have done it (deadline); only an operator can decide, with purser actions resolve
                  the balance did not move

                """)
    }

    @Test func `a timeline has its causes and its data`() throws {
        let event = #"""
            {"number":2,"type":"evidence.read","at":"2026-05-28T09:00:00.000Z","cause":"sample","action_id":"act_1",
             "actor":{"kind":"purser","name":"purser"},"data":{"read":false}}
            """#
        let text = EventTable(events: ["data": .array([try Self.json(event)])]).text(colours: false)
        #expect(
            text == """
                #  AT                        EVENT          CAUSE   BY             ACTION  DATA
                2  2026-05-28T09:00:00.000Z  evidence.read  sample  purser purser  act_1   {"read":false}

                """)
    }

    @Test func `a whitelist has the ids that remove its entries`() throws {
        let entry: JSON = [
            "id": "wl_1", "address": "203.0.113.7", "label": .null, "created_at": "2026-05-28T09:59:00.000Z",
        ]
        #expect(
            WhitelistTable(entries: ["data": .array([entry])], now: Self.now).text(colours: false) == """
                ENTRY  ADDRESS      LABEL   AGE
                wl_1   203.0.113.7  -      60 s

                """)
        #expect(
            WhitelistTable(entries: ["data": .array([])], now: Self.now).text(colours: false).hasPrefix("No addresses"))
    }

    // MARK: What is sent

    private static let orderID = "ord_01JDA3ZK6V0Y8N5T2W4X6R9QHC"
    private static let actionID = "act_01JDA3ZK6V0Y8N5T2W4X6R9QHC"

    @Test func `filters and pages become the query`() throws {
        let orders = try OrdersCommand.List.parse([
            "--status", "unknown,pending", "--vendor", "legacy", "--expires-before", "2026-06-01", "--limit", "2",
            "--cursor", "a+b",
        ])
        #expect(
            orders.call.path
                == "/orders?status=unknown%2Cpending&vendor=legacy&expires_before=2026-06-01&limit=2&cursor=a%2Bb")
        let actions = try ActionsCommand.List.parse(["--needs-review", "--order", Self.orderID, "--kind", "renew"])
        #expect(actions.call.path == "/actions?kind=renew&order_id=\(Self.orderID)&needs_review=true")
    }

    @Test func `a refund says what came back and why`() throws {
        let refund = try OrdersCommand.Refund.parse([
            Self.orderID, "--amount", "12.50", "--note", "dead", "--reference", "CN-1", "--key", "k-1",
        ])
        let call = refund.call(key: refund.key ?? "")
        #expect(call.method == "POST" && call.path == "/orders/\(Self.orderID)/refunds")
        #expect(call.body == Array(#"{"amount":"12.50","note":"dead","vendor_reference":"CN-1"}"#.utf8))
        #expect(call.headers.map { "\($0.0): \($0.1)" } == ["Idempotency-Key: k-1"])
        #expect(throws: (any Error).self) { try OrdersCommand.Refund.parse([Self.orderID, "--amount", "12.50"]) }
        let entry: JSON = [
            "id": "rfd_1", "amount": ["amount": "12.50", "currency": "USD"], "at": "2026-06-02T09:30:00.000Z",
            "by": "ops",
            "vendor_reference": .null, "note": "two were \u{1B} dead",
        ]
        #expect(
            RefundTable(refunds: ["data": .array([entry])]).text(colours: false) == """
                REFUND     AMOUNT  AT                 BY   VENDOR'S REFERENCE  NOTE
                rfd_1   12.50 USD  2026-06-02 09:30Z  ops  -                   two were \\u{1B} dead

                """)
        #expect(RefundTable(refunds: ["data": .array([])]).text(colours: false) == "Nothing came back.\n")
        let members: [(String, JSON?)] = entry.object.map { $0.map { ($0.key, $0.value) } } ?? []
        let listed = JSON.object(members + [("order_id", "ord_1"), ("vendor", "helodata"), ("client", "crawler")])
        #expect(
            RefundTable(refunds: ["data": .array([listed])], isOfOneOrder: false).text(colours: false).hasPrefix(
                """
                REFUND     AMOUNT  AT                 BY   ORDER  VENDOR    CLIENT   VENDOR'S REFERENCE  NOTE
                rfd_1   12.50 USD  2026-06-02 09:30Z  ops  ord_1  helodata  crawler  -
                """))
        let list = try RefundsCommand.List.parse([
            "--vendor", "legacy", "--created-after", "2026-05-01", "--limit", "5",
        ])
        #expect(list.call.path == "/refunds?vendor=legacy&created_after=2026-05-01&limit=5")
        let event: JSON = [
            "type": "refund.recorded", "order_id": "ord_1", "at": "2026-06-02T09:30:00.000Z", "cause": "refunded",
            "actor": ["kind": "operator", "name": "ops"], "action_id": .null,
            "data": ["amount": ["amount": "12.50", "currency": "USD"], "refunded": .null],
        ]
        #expect(EventLine(event).text.hasSuffix("refund.recorded  refunded  operator ops  12.50 USD"))
    }

    @Test func `decisions say which, why and what it cost`() throws {
        let done = try ActionsCommand.Resolve.parse([Self.actionID, "--done", "--total", "6.00", "--reason", "seen"])
        #expect(done.call.method == "POST" && done.call.path == "/actions/\(Self.actionID)/resolve")
        #expect(done.call.body == Array(#"{"outcome":"done","total":"6.00","reason":"seen"}"#.utf8))
        let bought = try OrdersCommand.Resolve.parse([
            Self.orderID, "--bought", "--vendor-order-id", "v-1", "--reason", "seen",
        ])
        #expect(bought.call.body == Array(#"{"outcome":"bought","vendor_order_id":"v-1","reason":"seen"}"#.utf8))
        let not = try OrdersCommand.Resolve.parse([Self.orderID, "--not-bought", "--reason", "not there"])
        #expect(not.call.body == Array(#"{"outcome":"not_bought","reason":"not there"}"#.utf8))
        for words in [
            [Self.actionID, "--reason", "x"], [Self.actionID, "--done"],
            [Self.actionID, "--not-done", "--total", "1", "--reason", "x"],
            [Self.actionID, "--done", "--not-done", "--reason", "x"], [Self.orderID, "--done", "--reason", "x"],
        ] {
            #expect(throws: (any Error).self, "\(words)") { try ActionsCommand.Resolve.parse(words) }
        }
    }

    @Test func `a whitelist is changed by an address and by an entry's id`() throws {
        let add = try WhitelistCommand.Add.parse(["bat_1", "203.0.113.7", "--label", "office"])
        #expect(add.change.path == "/isp/batches/bat_1/whitelist" && add.change.method == "POST")
        #expect(add.change.body == Array(#"{"address":"203.0.113.7","label":"office"}"#.utf8))
        let remove = try WhitelistCommand.Remove.parse(["bat_1", "wl_1", "--yes"])
        #expect(remove.change.path == "/isp/batches/bat_1/whitelist/wl_1" && remove.change.method == "DELETE")
        #expect(throws: (any Error).self) { try WhitelistCommand.Remove.parse(["bat_1", "../x"]) }
    }
}

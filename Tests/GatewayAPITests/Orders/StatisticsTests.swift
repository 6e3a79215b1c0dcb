import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct StatisticsTests {
    /// Two orders that were sold, one of them at a price that nobody told, one that is not known, and one that failed.
    private static func fill(_ office: Office) async throws {
        for (number, (step, total)) in [
            (OrderStep.boughtReady, Money.usd("0.10")), (.boughtReady, nil), (.lost, nil), (.notBought, nil),
            (.boughtReady, .usd("0.200001")),
        ].enumerated() {
            let createdAt = Date.example.advanced(by: .seconds(number * 43_200))
            try await office.stored(
                .example(client: number == 4 ? "other" : "crawler", createdAt: createdAt), taking: [.dispatched, step]
            ) { order in
                order.total = total
                if step == .boughtReady { order.vendorOrderID = "v-\(number)" }
            }
        }
    }

    @Test func `add up what was spent, and what may have been apart from it`() async throws {
        try await Office.open { office in
            try await Self.fill(office)
            let reply = try await office.call(.get, "/orders/stats", as: .auditor)
            let total = try #require(reply.json["totals"]?.array?.first)
            #expect(reply.json["data"]?.array == [total])
            #expect(total["orders"] == 5)
            #expect(total["spent"] == ["amount": "0.300001", "currency": "USD"])
            #expect(total["spent_orders"] == 3)
            #expect(total["unpriced_orders"] == 1)
            #expect(total["maybe_spent_orders"] == 1)
            #expect(total["maybe_spent"] == ["amount": "120.00", "currency": "USD"])
            #expect(total["quantity"] == 60)
            let own = try await office.call(.get, "/orders/stats", as: .buyer)
            #expect(own.json["totals"]?.array?.first?["spent"] == ["amount": "0.10", "currency": "USD"])
        }
    }

    @Test func `come by day and status, in the days of a time zone`() async throws {
        try await Office.open { office in
            try await Self.fill(office)
            let reply = try await office.call(.get, "/orders/stats?group_by=day,status", as: .auditor)
            let rows = (reply.json["data"]?.array ?? []).map { row in
                "\(row["day"]?.string ?? "-") \(row["status"]?.string ?? "-") \(row["orders"]?.int ?? 0)"
            }
            #expect(
                rows == [
                    "2026-05-28 completed 2", "2026-05-29 failed 1", "2026-05-29 unknown 1", "2026-05-30 completed 1",
                ])
            let zone = try await office.call(
                .get, "/orders/stats?group_by=day&tz=Pacific/Kiritimati&client=other", as: .auditor)
            #expect(zone.json["tz"] == "Pacific/Kiritimati")
            #expect(zone.json["data"]?.array?.map { $0["day"] } == ["2026-05-31"])
        }
    }

    @Test func `tell what actions were charged apart, on the day on which they were sent`() async throws {
        try await Office.open { office in
            let order = try await office.stored(.example(client: "crawler"), taking: [.dispatched, .boughtReady]) {
                $0.total = .usd("0.10")
            }
            let action = Action.example(on: order)
            var change = OrderChange.asking(for: action, of: order)
            _ = try await office.store.accept(action: change)
            for step in [ActionStep.dispatched, .done] {
                let earlier = try #require(change.action)
                change = try .example(change.order, taking: step, of: earlier, at: .example + 40 * 86_400) { action in
                    guard step == .done else { return }
                    action.total = .usd("30")
                    action.totalSource = .vendor
                }
                _ = try await office.store.commit(change)
            }
            let reply = try await office.call(.get, "/orders/stats?group_by=month,vendor", as: .auditor)
            let rows = try #require(reply.json["data"]?.array)
            #expect(rows.map { $0["month"] } == ["2026-05", "2026-07"])
            #expect(rows.map { $0["orders"] } == [1, 0] && rows[0]["actions"] == .null)
            let charged = try #require(rows[1]["actions"])
            #expect(charged["spent"] == ["amount": "30.00", "currency": "USD"] && charged["charged_actions"] == 1)
            let total = try #require(reply.json["totals"]?.array?.first)
            #expect(total["spent"] == ["amount": "0.10", "currency": "USD"] && total["actions"] == charged)
            let table = try await office.call(.get, "/orders/stats?format=csv", as: .auditor).text
            #expect(table.hasSuffix(",0.00,1,30.00,0,0,0.00,0\r\n"))
        }
    }

    @Test func `are a table too`() async throws {
        try await Office.open { office in
            try await Self.fill(office)
            for (target, headers) in [
                ("/orders/stats?group_by=client,metadata[team]&format=csv", HTTPFields()),
                ("/orders/stats?group_by=client,metadata%5Bteam%5D", [.accept: "text/csv"]),
            ] {
                let reply = try await office.call(.get, target, as: .operator, headers: headers)
                #expect(
                    reply.text == """
                        client,metadata[team],currency,orders,spent_orders,spent,unpriced_orders,maybe_spent_orders,\
                        maybe_spent,unquoted_orders,quantity,gb,refunded,charged_actions,actions_spent,\
                        unpriced_actions,maybe_charged_actions,actions_maybe_spent,unquoted_actions\r
                        crawler,,USD,4,2,0.10,1,1,120.00,0,40,0,0.00,0,0.00,0,0,0.00,0\r
                        other,,USD,1,1,0.200001,0,0,0.00,0,20,0,0.00,0,0.00,0,0,0.00,0\r

                        """)
            }
        }
    }

    @Test(arguments: [
        ("group_by=week", ["group_by invalid_choice"]), ("group_by=day,day", ["group_by invalid_choice"]),
        ("group_by=", ["group_by invalid_choice"]), ("group_by=metadata[]", ["group_by invalid_choice"]),
        ("tz=Mars", ["tz unknown_time_zone"]), ("tz=%2B02:00", ["tz unknown_time_zone"]),
        ("format=ndjson&tz=x", ["tz unknown_time_zone", "format unknown_format"]),
        ("limit=5", ["limit unknown_parameter"]), ("status=x", ["status invalid_choice"]),
    ])
    func `refuse what they do not understand`(query: String, faults: [String]) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/orders/stats?\(query)", as: .auditor)
            #expect(reply.faults == faults)
        }
    }

    @Test func `are empty where no order matches`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/orders/stats?group_by=vendor", as: .buyer)
            #expect(reply.json["data"] == [])
            #expect(reply.json["totals"] == [])
            #expect(try await office.call(.get, "/orders/stats?client=crawler", as: .buyer).code == "forbidden")
        }
    }
}

import ExactJSON
import Foundation
import PurchasingTestKit
import Testing

/// `GET /metrics` of the built program.
@Suite struct MetricsTests {
    @Test func `the figures of a purchase are told without a key, and nothing secret beside them`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let traffic = #"{"product":"residential","gb":5,"metadata":{"team":"canary-team"}}"#
                let sold = try await api.buy(traffic, key: "canary-key")
                #expect(sold.status == 201)
                let answer = try await api.with(nil).get("/metrics").text
                let read = try ReadExposition(answer)
                let purchases = "purser_vendor_calls_total{vendor=\"helodata\",call=\"purchase\",outcome=\"done\"}"
                #expect(read.count(purchases) == 1)
                #expect(read.count("purser_store_database_bytes") > 100_000)
                #expect(read.count("purser_store_commits_total") >= 2)
                #expect(read["purser_store_healthy"] == "1")
                #expect(read["purser_orders_spent_money_total{vendor=\"helodata\",currency=\"USD\"}"] == "22.50")
                rig.noSecrets(in: answer)
                for text in ["canary", "crawler", "ord_"] { #expect(!answer.contains(text)) }
            }
        }
    }
}

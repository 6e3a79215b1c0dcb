import Foundation
import Measuring
import Purchasing

/// How buying stands, as families of samples. Every configured vendor has a sample where a sum is 0, so that an alert sees
/// it rise; vendors that are configured no more are told as long as the store has orders of theirs.
struct StandingMetrics {
    private let standing: Standing

    init(_ standing: Standing) { self.standing = standing }

    var families: [Family] { doubts + sums + BudgetMetrics(standing.budgets ?? []).families + vendors + calls + rest }

    // MARK: What waits for evidence or a person

    private var doubts: [Family] {
        guard let doubts = standing.doubts else { return [] }
        let names = standing.vendors.map(\.name)
        let all =
            names.map { name in doubts.first { $0.vendor == name } ?? OpenDoubts(vendor: name) }
            + doubts.filter { !names.contains($0.vendor) }
        let family = { (name: String, help: String, value: (OpenDoubts) -> Value) in
            Family(name, .gauge, help, all.map { Sample([("vendor", $0.vendor)], value($0)) })
        }
        return [
            family(
                "purser_unknown_orders", "Orders that the vendor may have sold; being settled by evidence or a person."
            ) { .count($0.orders.count) },
            family(
                "purser_unknown_orders_oldest_age_seconds",
                "How long ago the oldest order whose outcome is unknown was made; 0 when there is none."
            ) { age($0.orders.oldest) },
            family("purser_review_orders", "Unknown orders that only a person can decide.") {
                .count($0.orders.needReview)
            },
            family("purser_unknown_actions", "Changes of bought goods whose outcome is unknown.") {
                .count($0.actions.count)
            },
            family(
                "purser_unknown_actions_oldest_age_seconds",
                "How long ago the oldest action whose outcome is unknown was asked for; 0 when there is none."
            ) { age($0.actions.oldest) },
            family("purser_review_actions", "Unknown actions that only a person can decide.") {
                .count($0.actions.needReview)
            },
        ]
    }

    private func age(_ instant: Date?) -> Value {
        guard let instant else { return .count(0) }
        return .seconds(milliseconds: max(0, standing.at.milliseconds - instant.milliseconds))
    }

    // MARK: Sums of orders

    private var sums: [Family] {
        guard let rows = standing.sums else { return [] }
        var orders: [[String]: Int] = [:]
        var money: [[String]: OrderSums] = [:]
        for vendor in standing.vendors {
            for status in OrderStatus.allCases where status != .pending && status != .canceled {
                orders[[vendor.name, status.rawValue]] = 0
            }
            money[[vendor.name, "USD"]] = OrderSums()
        }
        for row in rows {
            let vendor = row.keys.first.flatMap(\.self) ?? ""
            orders[[vendor, row.keys.last.flatMap(\.self) ?? ""], default: 0] += row.sums.orders
            guard !vendor.isEmpty else { continue }
            money[[vendor, row.currency]] = money[[vendor, row.currency], default: OrderSums()] + row.sums
        }
        let sorted = money.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let family = { (name: String, kind: Family.Kind, help: String, value: (OrderSums) -> Value) in
            Family(
                name, kind, help,
                sorted.map { Sample([("vendor", $0.key[0]), ("currency", $0.key[1])], value($0.value)) })
        }
        return [
            Family(
                "purser_orders", .gauge, "All orders ever made, by where they stand now.",
                orders.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { keys, count in
                    Sample([("vendor", keys[0]), ("status", keys[1])], .count(count))
                }),
            family(
                "purser_orders_spent_money_total", .counter,
                "What all orders cost that were sold, as far as their vendors told or quoted it, in units of the currency."
            ) { .decimal($0.spent.text(places: 2)) },
            family(
                "purser_orders_refunded_money_total", .counter,
                "What came back of that, as operators wrote it down, in units of the currency; not taken from what was spent."
            ) { .decimal($0.refunded.text(places: 2)) },
            family(
                "purser_orders_held_money", .gauge,
                "What orders whose outcome is open were quoted, in units of the currency."
            ) { .decimal($0.held.text(places: 2)) },
            family("purser_orders_unpriced", .gauge, "Orders that were sold at a price that nobody told.") {
                .count($0.unpricedOrders)
            },
            family("purser_orders_unquoted", .gauge, "Orders whose outcome is open and that were not quoted.") {
                .count($0.unquotedOrders)
            },
        ]
    }

    // MARK: Vendors

    private var vendors: [Family] {
        let family = { (name: String, help: String, value: (VendorStanding) -> Value?) in
            Family(
                name, .gauge, help,
                standing.vendors.compactMap { vendor in
                    value(vendor).map { Sample([("vendor", vendor.name)], $0) }
                })
        }
        return [
            family("purser_vendor_enabled", "Whether new orders may go to the vendor.") { .flag($0.isEnabled) },
            family(
                "purser_vendor_circuit_open", "Whether the vendor rests after failures, and is passed over meanwhile."
            ) { .flag($0.isResting) },
            family(
                "purser_vendor_overdrawn",
                "Whether the account's balance was read below zero, so that nothing is bought at the vendor until it is not."
            ) { .flag($0.health.overdraft != nil) },
            family("purser_vendor_failures_in_a_row", "Calls in a row that the vendor did not answer.") {
                .count($0.health.failuresInARow)
            },
            family(
                "purser_vendor_last_answer_timestamp_seconds", "When the vendor answered last, in seconds since 1970."
            ) { $0.health.answeredAt.map { .seconds(milliseconds: $0.milliseconds) } },
            family("purser_vendor_purchases_in_flight", "Purchases that are on their way to the vendor or open there.")
            { .count($0.inFlight) },
            family("purser_vendor_purchases_limit", "How many purchases may be on their way at once.") {
                .count($0.width)
            },
            Family(
                "purser_vendor_balance_money", .gauge,
                "Balance of the vendor's account as it was read last, in units of the currency; never read for this.",
                standing.vendors.compactMap { vendor in
                    vendor.balance.map { balance in
                        Sample(
                            [("vendor", vendor.name), ("currency", balance.currency)],
                            .decimal(balance.amount.text(places: 2)))
                    }
                }),
            family("purser_vendor_balance_timestamp_seconds", "When that balance was read, in seconds since 1970.") {
                $0.balanceReadAt.map { .seconds(milliseconds: $0.milliseconds) }
            },
        ]
    }

    private var calls: [Family] {
        let counts = standing.vendors.flatMap { vendor in
            VendorCallBook.calls.flatMap { call in
                VendorCallOutcome.allCases.map { outcome in
                    Sample(
                        [("vendor", vendor.name), ("call", call), ("outcome", outcome.rawValue)],
                        .count(vendor.calls.count(call, outcome)))
                }
            }
        }
        let flagged = standing.vendors.flatMap { vendor in
            SaleFlagBook.flags.map { flag in
                Sample([("vendor", vendor.name), ("flag", flag)], .count(vendor.saleFlags.count(flag)))
            }
        }
        let durations = standing.vendors.flatMap { vendor in
            VendorCallBook.calls.flatMap { call in
                vendor.calls.durations(of: call)?.samples([("vendor", vendor.name), ("call", call)]) ?? []
            }
        }
        return [
            Family(
                "purser_vendor_calls_total", .counter,
                "Calls to vendors by what they ended in; a purchase that ends in unknown may have been sold.", counts),
            Family(
                "purser_vendor_call_duration_seconds", .histogram, "How long calls to vendors took.", durations),
            Family(
                "purser_flagged_sales_total", .counter,
                "Sales that were not as they were expected, by the flag that their orders got.", flagged),
        ]
    }

    private var rest: [Family] {
        [
            Family(
                "purser_buying_paused", .gauge, "Whether an operator has stopped buying; reads go on.",
                .flag(standing.pause != nil)),
            Family(
                "purser_orders_under_way", .gauge, "Orders and actions that are carried at this moment.",
                .count(standing.underWay)),
            Family(
                "purser_outcomes_not_stored", .gauge,
                "Outcomes that are kept because they could not be stored yet; no order is taken while there is one.",
                .count(standing.unstoredOutcomes)),
            Family(
                "purser_cache_entries", .gauge, "Readings of vendors that are kept.", .count(standing.cacheEntries)),
            Family(
                "purser_cache_bytes", .gauge, "About how much memory they take.", .count(standing.cacheBytes)),
        ]
    }
}

import Measuring
import Purchasing

/// How budgets stand, as families of samples: a client has some only while it has a budget.
struct BudgetMetrics {
    /// So many clients are told at most: those that have the least left.
    static let most = 200

    private let budgets: [BudgetStanding]

    init(_ budgets: [BudgetStanding]) {
        self.budgets = Array(budgets.sorted { ($0.free, $0.client) < ($1.free, $1.client) }.prefix(Self.most))
            .sorted { $0.client < $1.client }
    }

    var families: [Family] {
        let family = { (name: String, help: String, value: (BudgetStanding) -> Millionths) in
            Family(
                name, .gauge, help,
                budgets.map { budget in
                    Sample(
                        [("client", budget.client), ("period", budget.period.rawValue)],
                        .decimal(value(budget).text(places: 2)))
                })
        }
        return [
            family("purser_budget_limit_money", "What a client may spend in the period, in US dollars.", \.limit),
            family("purser_budget_spent_money", "What of it is spent in the period that runs now.", \.spent),
            family("purser_budget_held_money", "What of it is held for what is open.", \.held),
            family(
                "purser_budget_free_money",
                "What of it is left; less than nothing where sales cost more than expected.",
                \.free),
        ]
    }
}

import Measuring

/// Counts the sales of one vendor that are not as they were expected, by the flag that their orders got. Takes no lock.
public final class SaleFlagBook: Sendable {
    /// The flags that are counted: those that may mean money.
    public static let flags = [
        "above_max_total", "balance_mismatch", Order.soldTwiceFlag, "price_difference", "price_unknown",
        "promo_code_not_applied",
    ]

    private let tallies = Dictionary(uniqueKeysWithValues: flags.map { ($0, Tally()) })

    init() {}

    func note(_ flags: [String]) {
        for flag in flags { tallies[flag]?.add() }
    }

    /// How many sales got a flag since the process began.
    public func count(_ flag: String) -> Int { tallies[flag]?.value ?? 0 }
}

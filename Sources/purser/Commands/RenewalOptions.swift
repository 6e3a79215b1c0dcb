import ArgumentParser
import ExactJSON

/// How long to rent what was bought, and what that may cost.
struct RenewalOptions: ParsableArguments {
    @Option(
        help: "How long to rent it on, in months; where a vendor rents by days, 30 days for each.",
        transform: ArgumentForm.count)
    var months: JSONNumber?
    @Option(
        help: "How long to rent it on, in days; where a vendor rents by months, a multiple of 30.",
        transform: ArgumentForm.count)
    var days: JSONNumber?
    @OptionGroup var ceiling: CeilingOptions

    func validate() throws {
        guard (months == nil) != (days == nil) else {
            throw ValidationError("say for how long: --months or --days, one of them")
        }
    }

    /// The members of the body.
    var fields: [(String, JSON?)] {
        [("months", months.map(JSON.number)), ("days", days.map(JSON.number))] + ceiling.fields
    }

    /// What is about to be sent, for a person.
    func announcement(of goods: String) -> String {
        let time = Self.words(months, "month") ?? Self.words(days, "day") ?? "-"
        return "renewing \(goods) for \(time), \(ceiling.words)".terminalText(limit: 400)
    }

    private static func words(_ count: JSONNumber?, _ unit: String) -> String? {
        count.map { "\($0.literal) \(unit)\($0.literal == "1" ? "" : "s")" }
    }
}

import ArgumentParser
import ExactJSON

/// What an action may cost.
struct CeilingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Never spend more than this many US dollars.", valueName: "amount"))
    var maxTotal: String?
    @Flag(help: "Go on under --max-total although no price can be known before.")
    var allowUnknownPrice = false

    /// The members of the body.
    var fields: [(String, JSON?)] {
        [("max_total", maxTotal.map(JSON.string)), ("allow_unknown_price", allowUnknownPrice ? true : nil)]
    }

    /// The ceiling, for a person.
    var words: String {
        guard let maxTotal else { return "at any price, as no --max-total was given" }
        return "for \(maxTotal) USD at most" + (allowUnknownPrice ? ", or at a price that nobody can know before" : "")
    }
}

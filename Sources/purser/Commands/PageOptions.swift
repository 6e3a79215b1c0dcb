import ArgumentParser

/// Which part of a long list a command shows.
struct PageOptions: ParsableArguments {
    @Option(help: "How many at most, 1 to 200. (default: 50)")
    var limit: Int?
    @Option(help: "Go on where an earlier list ended, with its cursor and the same filters.")
    var cursor: String?

    /// The parameters of the query.
    var parameters: [(name: String, value: String?)] { [("limit", limit.map(String.init)), ("cursor", cursor)] }
}

import ArgumentParser

/// Which orders a command is about: the filters of `GET /orders`.
struct OrderFilterOptions: ParsableArguments {
    @Option(help: "Only in these states, such as unknown,pending.")
    var status: String?
    @Option(help: "Only of these products, such as isp,ipv4.")
    var product: String?
    @Option(help: "Only at these vendors.")
    var vendor: String?
    @Option(help: "Only of these clients; for auditors and operators.")
    var client: String?
    @Option(help: ArgumentHelp("Only made from this time on.", valueName: "time"))
    var createdAfter: String?
    @Option(help: ArgumentHelp("Only made before this time.", valueName: "time"))
    var createdBefore: String?
    @Option(help: ArgumentHelp("Only sold ones whose goods lapse from this time on.", valueName: "time"))
    var expiresAfter: String?
    @Option(help: ArgumentHelp("Only sold ones whose goods lapse before this time.", valueName: "time"))
    var expiresBefore: String?

    /// What the help of each command that filters orders says about it.
    static let text = """
        Filters are combined; lists have commas. A time is RFC 3339 such as 2026-05-28T10:00:00Z, or a date.
        """

    /// The parameters of the query.
    var parameters: [(name: String, value: String?)] {
        [
            ("status", status), ("product", product), ("vendor", vendor), ("client", client),
            ("created_after", createdAfter), ("created_before", createdBefore), ("expires_after", expiresAfter),
            ("expires_before", expiresBefore),
        ]
    }
}

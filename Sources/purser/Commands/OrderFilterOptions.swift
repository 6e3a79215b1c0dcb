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
    @Option(help: "Only for these countries, such as US,DE.")
    var country: String?
    @Option(
        help: ArgumentHelp("Only with this metadata; may be repeated.", valueName: "name=value"),
        transform: Self.label)
    var metadata: [(name: String, value: String)] = []
    @Option(help: ArgumentHelp("Only the one that was made with this key.", valueName: "key"))
    var idempotencyKey: String?
    @Option(help: ArgumentHelp("Only the one that the vendor knows by this id.", valueName: "id"))
    var vendorOrderId: String?
    @Option(help: ArgumentHelp("Only the one that bought this batch.", valueName: "id"))
    var batchId: String?
    @Option(
        help: ArgumentHelp(
            "Only what this finds: an id of any kind, a key, or the beginning of a metadata value.", valueName: "text"))
    var search: String?
    @Option(help: ArgumentHelp("Only what cost at least this.", valueName: "amount"))
    var minTotal: String?
    @Option(help: ArgumentHelp("Only what cost at most this.", valueName: "amount"))
    var maxTotal: String?
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
            ("expires_before", expiresBefore), ("country", country), ("idempotency_key", idempotencyKey),
            ("vendor_order_id", vendorOrderId), ("batch_id", batchId), ("q", search), ("min_total", minTotal),
            ("max_total", maxTotal),
        ] + metadata.map { ("metadata[\($0.name)]", $0.value) }
    }

    @Sendable private static func label(_ text: String) throws -> (name: String, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { throw ValidationError("expected name=value") }
        return (parts[0], parts[1])
    }
}

import ExactJSON

/// Something done to a whole batch that cannot be taken back.
enum BatchDeed: String, CaseIterable {
    case refresh
    case rotatePassword = "rotate-password"
    case release

    /// Asks where that is needed, sends it, and shows what came of it.
    func run(
        on batch: String, _ consent: ConsentOptions, _ submission: SubmissionOptions, _ gateway: GatewayOptions
    ) async throws {
        try await gateway.access.withClient { client in
            try await Consent(isGiven: consent.yes).require(to: words(batch)) {
                question(about: batch, try await Self.read(batch, client, mayBeGone: submission.key != nil))
            }
            try await submission.submit(change(batch), through: client, for: gateway)
        }
    }

    /// The call.
    func change(_ batch: String) -> Change {
        switch self {
        case .refresh, .rotatePassword: .action(rawValue, "/isp/batches/\(batch)/\(rawValue)")
        case .release: .action(rawValue, "/isp/batches/\(batch)?confirm=\(batch)", method: "DELETE")
        }
    }

    /// What it is called: `release batch bat_1`.
    func words(_ batch: String) -> String {
        switch self {
        case .refresh: "refresh batch \(batch)"
        case .rotatePassword: "rotate the password of batch \(batch)"
        case .release: "release batch \(batch)"
        }
    }

    /// What a person is asked.
    /// - Parameter document: the batch; nil where it cannot be read.
    func question(about batch: String, _ document: JSON?) -> String {
        let words = words(batch)
        return "\(words.prefix(1).uppercased())\(words.dropFirst())\(document.map(Self.details) ?? "")? \(warning)"
    }

    private var warning: String {
        switch self {
        case .refresh: "Every IP changes, and it can be done once in each billing period."
        case .rotatePassword: "The old password stops working."
        case .release: "Nothing is refunded."
        }
    }

    /// `, 20 IPs in US newyork at helodata, until 2026-06-28T10:00:00.000Z`.
    static func details(_ batch: JSON) -> String {
        let places = [batch["country"], batch["city"]].compactMap { $0?.string }
        let parts = [
            batch["quantity"].map { JSON?.some($0).cell }.flatMap { $0 == "-" ? nil : ", \($0) IPs" },
            places.isEmpty ? nil : " in \(places.joined(separator: " "))",
            batch["vendor"]?.string.map { " at \($0)" }, batch["expires_at"]?.string.map { ", until \($0)" },
        ]
        return parts.compactMap(\.self).joined()
    }

    /// The batch that is asked about.
    /// - Parameter mayBeGone: whether an earlier try may have released it, so that its absence is nothing to stop for.
    /// - Throws: `CommandFailure` when it cannot be read.
    static func read(_ batch: String, _ client: GatewayClient, mayBeGone: Bool) async throws(CommandFailure) -> JSON? {
        let answer = try await client.call("GET", "/isp/batches/\(batch)")
        if answer.isGood { return answer.json }
        guard mayBeGone else { throw CommandFailure(answer.refusalStatus, answer.problemText) }
        return nil
    }
}

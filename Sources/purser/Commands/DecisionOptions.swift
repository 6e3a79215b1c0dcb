import ArgumentParser

/// A person's reason for a decision.
struct DecisionOptions: ParsableArguments {
    @Option(help: "Why, in your words; it stays in the order's timeline for ever.")
    var reason: String
    @Flag(help: "Do it without asking; needed where nobody is at a terminal.")
    var yes = false

    /// What the help of each command that decides says about it.
    static let text = """
        For operators, after a look at the vendor's own records; a decision cannot be taken back. Asks first on a \
        terminal; elsewhere it needs --yes and ends with 2 without it.
        """

    /// Asks where that is needed, and sends the decision.
    /// - Parameters:
    ///   - deed: `settle action act_… as done`.
    ///   - call: the decision.
    func settle(_ deed: String, _ call: GatewayCall, _ gateway: GatewayOptions, show: (GatewayAnswer) -> String)
        async throws
    {
        try await Consent(isGiven: yes).require(to: deed) {
            "\(deed.prefix(1).uppercased())\(deed.dropFirst())? It cannot be taken back."
        }
        try await gateway.read(call) { answer, _ in show(answer) }
    }
}

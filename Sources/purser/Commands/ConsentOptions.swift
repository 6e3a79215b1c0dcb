import ArgumentParser

/// Whether a person is asked before something is done that cannot be taken back.
struct ConsentOptions: ParsableArguments {
    @Flag(help: "Do it without asking; needed where nobody is at a terminal.")
    var yes = false

    /// What the help of each command that asks says about it.
    static let text = """
        Asks first on a terminal; elsewhere it needs --yes and ends with 2 without it.
        """
}

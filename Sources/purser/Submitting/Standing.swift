import ArgumentParser

/// Where an order or an action stands, as its document says.
protocol Standing {
    /// Whether waiting would change nothing.
    var isAtRest: Bool { get }
    /// Whether it came about: bought, or done.
    var isDone: Bool { get }
    /// Whether it is certain that it did not.
    var isNotDone: Bool { get }
    /// Whether it is on its way, with nothing amiss.
    var isUnderWay: Bool { get }
    /// The line for a person.
    var line: String { get }
    /// What a person should know besides, a line each.
    var notes: [String] { get }
}

extension Standing {
    /// How a command ends that came to this.
    /// - Parameter waits: whether it was to wait for the outcome, or only for the gateway to take it.
    func exitStatus(waits: Bool) -> ExitCode {
        if isNotDone { return ExitStatus.failure }
        return isDone || !waits && isUnderWay ? ExitCode.success : ExitStatus.unsettled
    }
}

import ArgumentParser

/// The program.
@main
struct Purser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "One REST API in front of several proxy vendors that never buys twice.",
        version: "0.1.0",
        subcommands: [])
}

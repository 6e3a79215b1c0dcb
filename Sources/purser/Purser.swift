import ArgumentParser
import GatewayAPI

/// The program.
@main
enum Main {
    static func main() async {
        ProcessRules.apply()
        await Purser.main()
    }
}

/// `purser` and its commands.
struct Purser: AsyncParsableCommand {
    /// The version of the contract that is built in, which is the program's own.
    static let version = HTTPContract.builtInVersion

    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "One REST API in front of several proxy vendors that never buys an order twice.",
        discussion: """
            Try it without spending anything:

              purser demo

            \(ExitStatus.text)
            """,
        version: version,
        subcommands: [
            ServeCommand.self, DemoCommand.self, SandboxCommand.self, KeysCommand.self, CheckCommand.self,
            BuyingCommand.self, BuyCommand.self, QuoteCommand.self, InventoryCommand.self, CatalogCommand.self,
            VendorsCommand.self, BudgetsCommand.self, OrdersCommand.self, EventsCommand.self, WebhooksCommand.self,
            ActionsCommand.self, RefundsCommand.self, BatchesCommand.self, IPsCommand.self,
            BackupCommand.self, VerifyCommand.self,
        ])
}

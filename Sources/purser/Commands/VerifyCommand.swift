import ArgumentParser
import ExactJSON
import Foundation
import Purchasing
import SQLiteStore

/// `purser verify`: whether a database is whole and says one thing everywhere.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hold a database, or a backup, against everything that must be true of it.",
        discussion: """
            Checks pages, indexes and references; that each order and action stands where its events say, with no event \
            missing; that each sale has one attempt and whole money; and that sums and lists that the database keeps equal \
            a recount. What is found is named by the first rows that break a rule.

            A database that a gateway has open is copied through the gateway first, beside its file, and the copy is \
            checked and removed: nobody is held up. Otherwise the file is read as it is, and never changed.

              purser verify --config purser.yaml
              purser verify /var/backups/purser-2026-05-28.db --json

            \(ExitStatus.text)
            """)

    @OptionGroup var file: ConfigurationFile
    @Argument(help: "The file to check; the configuration's database unless it is given.")
    var target: String?
    @Flag(help: "Fill the tables of sums anew from the orders before checking; no gateway may run.")
    var rebuildSums = false
    @Flag(help: "Print a JSON object instead of a table.")
    var json = false

    func run() async throws {
        try await reportingFailure {
            let path = try target ?? file.settings(secrets: false).database.path
            let report = try await report(on: path)
            try Terminal.output.tell(json ? report.json.text + "\n" : report.text)
            let broken = report.verification.broken.count
            guard broken == 0 else {
                let rules = broken == 1 ? "1 rule is" : "\(broken) rules are"
                throw CommandFailure(ExitStatus.failure, "\(path) is not whole: \(rules) broken")
            }
        }
    }

    private func report(on path: String) async throws -> VerificationReport {
        let desk = try await StoreDesk(database: path, isWritten: rebuildSums)
        do {
            let verification: StoreVerification
            switch desk {
            case .closed(let store): verification = try Self.verification(of: store, rebuildingSums: rebuildSums)
            case .served:
                guard !rebuildSums else {
                    throw CommandFailure(ExitStatus.refused, "a gateway has \(path) open; stop it first")
                }
                let copy = NewCopy(goingTo: path + ".verify")
                verification = try await copy.fill(from: desk) { try Self.verification(of: $0) }
                copy.remove()
            }
            await desk.close()
            return VerificationReport(path: path, verification: verification)
        } catch {
            await desk.close()
            throw error
        }
    }

    private static func verification(
        of store: ClosedStore, rebuildingSums: Bool = false
    ) throws(CommandFailure) -> StoreVerification {
        do throws(StoreOpeningError) {
            if rebuildingSums { try store.rebuildSums() }
            return try store.verify(thoroughly: true)
        } catch {
            throw CommandFailure(ExitStatus.failure, error.description)
        }
    }
}

import ArgumentParser
import ExactJSON
import Foundation
import Purchasing
import SQLiteStore

/// `purser backup`: a copy of the database, whole and checked.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database to a new file, whole and checked, while orders are taken.",
        discussion: """
            A gateway that runs makes the copy between its commits and is not held up; otherwise the file is read as it is. \
            The copy is written beside its place, held against every rule of `purser verify`, fsynced, and only then given \
            its name. It is of one instant, for its owner alone (mode 0600), and can be opened as a database. Copying the \
            file with cp while a gateway runs gives no whole database.

              purser backup --config purser.yaml /var/backups/purser-$(date +%F).db

            A gateway that is started on an old copy has forgotten the orders since, which callers may send again: read \
            docs/operations.md before you do.

            \(ExitStatus.text)
            """)

    @OptionGroup var file: ConfigurationFile
    @Argument(help: "Where the copy goes; nothing may stand there.")
    var target: String
    @Flag(help: "Print a JSON object instead of a line.")
    var json = false

    func run() async throws {
        try await reportingFailure {
            let start = ContinuousClock.now
            let database = try file.settings(secrets: false).database.path
            let copy = NewCopy(goingTo: target)
            guard !FileManager.default.fileExists(atPath: copy.place) else {
                throw CommandFailure(ExitStatus.refused, "\(copy.place) is there already")
            }
            let desk = try await StoreDesk(database: database)
            let report: VerificationReport
            do {
                report = try await copy.fill(from: desk, Self.checked)
            } catch {
                await desk.close()
                throw error
            }
            await desk.close()
            guard report.verification.isGood else {
                copy.remove()
                throw CommandFailure(
                    ExitStatus.failure, "the copy was not kept, because the database is not whole\n\(report.findings)")
            }
            let bytes = try Self.size(of: copy.path)
            try copy.move()
            try tell(report.verification, copy.place, bytes: bytes, took: ContinuousClock.now - start)
        }
    }

    private static func checked(_ copy: ClosedStore) throws -> VerificationReport {
        do throws(StoreOpeningError) {
            return VerificationReport(path: copy.path, verification: try copy.verify(thoroughly: false))
        } catch {
            throw CommandFailure(ExitStatus.failure, error.description)
        }
    }

    private static func size(of path: String) throws(CommandFailure) -> Int {
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
            throw CommandFailure(ExitStatus.failure, "\(path) is gone")
        }
        return size
    }

    private func tell(
        _ verification: StoreVerification, _ place: String, bytes: Int, took: Duration
    ) throws(CommandFailure) {
        let milliseconds = Int(took.seconds * 1000)
        guard json else {
            let orders = verification.orders.map(String.init) ?? "?"
            return try Terminal.output.tell(
                "\(place): \(bytes) bytes, \(orders) orders, checked, in \(milliseconds) ms\n")
        }
        let document: JSON = [
            "path": .string(place), "bytes": .int(bytes), "orders": verification.orders.map(JSON.int) ?? .null,
            "events": verification.events.map(JSON.int) ?? .null, "milliseconds": .int(milliseconds),
        ]
        try Terminal.output.tell(document.text + "\n")
    }
}

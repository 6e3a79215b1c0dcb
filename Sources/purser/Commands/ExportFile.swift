import ExactJSON
import Foundation

/// A file that an export fills, under another name until it is whole.
final class ExportFile {
    /// How many whole orders are in it.
    private(set) var orders = 0
    /// The last of them, where an earlier export left some.
    private(set) var lastOrder: String?

    private let path: String
    private let format: OrdersCommand.Export.Format
    private let handle: FileHandle
    /// Whether a heading is there that must not come again.
    private var skipsHeading = false
    private var hasHeading: Bool
    /// Bytes of a heading that has not come whole, where it is skipped.
    private var heading: [UInt8] = []

    private var partPath: String { path + ".part" }
    private var questionPath: String { path + ".part.query" }

    /// Makes the file, or opens what an earlier export left.
    /// - Parameter question: what is asked of the gateway; an export is only resumed with the same.
    /// - Throws: `CommandFailure` when the file is there already, or there is nothing to resume.
    init(
        _ path: String, format: OrdersCommand.Export.Format, question: String, resume: Bool
    ) throws(CommandFailure) {
        self.path = path
        self.format = format
        let (part, asked) = (path + ".part", path + ".part.query")
        let files = FileManager.default
        guard !files.fileExists(atPath: path) else {
            throw CommandFailure(ExitStatus.refused, "\(path) is there already; nothing was written")
        }
        let isThere = files.fileExists(atPath: part)
        if isThere != resume {
            throw CommandFailure(
                ExitStatus.refused,
                isThere
                    ? "\(part) is there, from an export that was interrupted: --resume goes on with it; or remove it"
                    : "there is no \(part) to resume")
        }
        if resume, (try? String(contentsOfFile: asked, encoding: .utf8)) != question {
            throw CommandFailure(
                ExitStatus.refused,
                "\(part) is of an export of other orders, in another form, or by another key; it cannot be resumed")
        }
        if !resume {
            let isMade =
                files.createFile(atPath: asked, contents: Data(question.utf8))
                && files.createFile(atPath: part, contents: nil, attributes: [.posixPermissions: 0o600])
            guard isMade else { throw CommandFailure(ExitStatus.refused, "\(part) cannot be written") }
        }
        guard let handle = FileHandle(forUpdatingAtPath: part) else {
            throw CommandFailure(ExitStatus.refused, "\(part) cannot be written")
        }
        self.handle = handle
        hasHeading = format == .csv
        if resume { try goOn() }
    }

    /// Cuts off what came of an order that is not whole, and notes the last that is.
    private func goOn() throws(CommandFailure) {
        do {
            let bytes = try handle.readToEnd() ?? Data()
            let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            try handle.truncate(atOffset: UInt64(end))
            try handle.seekToEnd()
            let lines = bytes[..<end].split(separator: 0x0A)
            let headings = format == .csv ? 1 : 0
            guard lines.count > headings, let last = lines.last else {
                try handle.truncate(atOffset: 0)
                return
            }
            orders = lines.count - headings
            skipsHeading = format == .csv
            lastOrder = Self.order(in: String(decoding: last, as: UTF8.self), format)
        } catch {
            throw CommandFailure(ExitStatus.refused, "\(partPath) cannot be read")
        }
        guard orders == 0 || lastOrder != nil else {
            throw CommandFailure(ExitStatus.refused, "the last line of \(partPath) does not begin with an order's id")
        }
    }

    private static func order(in line: String, _ format: OrdersCommand.Export.Format) -> String? {
        switch format {
        case .csv: line.split(separator: ",").first.map { $0.trimmingCharacters(in: .newlines) }
        case .ndjson: (try? JSON(parsing: line, as: .answer))?["id"]?.string
        }
    }

    /// Writes a piece as it came, without a heading that is there already.
    /// - Returns: how many orders became whole with it.
    func write(_ piece: [UInt8]) throws(CommandFailure) -> Int {
        var piece = piece
        if skipsHeading {
            heading += piece
            guard let end = heading.firstIndex(of: 0x0A) else { return 0 }
            piece = Array(heading[(end + 1)...])
            skipsHeading = false
            hasHeading = false
        }
        do { try handle.write(contentsOf: piece) } catch {
            throw CommandFailure(ExitStatus.failure, "\(partPath) cannot be written")
        }
        var count = piece.count { $0 == 0x0A }
        if hasHeading, count > 0 {
            hasHeading = false
            count -= 1
        }
        orders += count
        return count
    }

    /// Makes the file durable and gives it its name.
    func finish() throws(CommandFailure) {
        do {
            try handle.synchronize()
            try handle.close()
            try FileManager.default.moveItem(atPath: partPath, toPath: path)
            try FileManager.default.removeItem(atPath: questionPath)
        } catch {
            throw CommandFailure(
                ExitStatus.failure, "\(path) could not be finished; what was written is in \(partPath)")
        }
    }

    /// What a failure means for the file.
    func interrupted(by error: any Error) -> any Error {
        guard let failure = error as? CommandFailure, failure.status == ExitStatus.unreachable else { return error }
        return CommandFailure(
            failure.status, failure.text + "\n\(orders) orders are in \(partPath); --resume goes on behind them")
    }
}

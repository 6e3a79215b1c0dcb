import ExactJSON
import Foundation

/// Puts server-sent events together from the bytes in which they arrive.
struct EventReader {
    /// One event: its id, and its document.
    struct Message: Equatable {
        let id: String
        let event: JSON
    }

    private var bytes: [UInt8] = []

    /// Takes a piece.
    /// - Returns: the events that are whole now.
    /// - Throws: `CommandFailure` when the data of one is not JSON.
    mutating func take(_ piece: [UInt8]) throws(CommandFailure) -> [Message] {
        bytes += piece
        var messages: [Message] = []
        while let end = bytes.firstRange(of: [0x0A, 0x0A]) {
            let text = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            bytes.removeSubrange(..<end.upperBound)
            if let message = try Self.message(text) { messages.append(message) }
        }
        return messages
    }

    /// Nil for a comment, and for what only says how long to wait.
    private static func message(_ text: String) throws(CommandFailure) -> Message? {
        var fields: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.range(of: ": ") else { continue }
            fields[line[..<colon.lowerBound]] = line[colon.upperBound...]
        }
        guard let id = fields["id"], let data = fields["data"] else { return nil }
        do { return Message(id: String(id), event: try JSON(parsing: String(data), as: .answer)) } catch {
            throw GatewayClient.unreadable
        }
    }
}

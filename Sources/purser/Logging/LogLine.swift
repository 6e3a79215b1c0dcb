import ExactJSON
import Foundation
import Logging
import Purchasing

/// One log line: what happened, and the data that goes with it.
struct LogLine {
    /// How much of a message or a value is written, in Unicode scalars.
    static let valueLimit = 256
    /// How many values are written.
    static let fieldLimit = 64

    let time: Date
    let level: Logger.Level
    let message: String
    /// The data, flattened and sorted: `vendor`, `routing.chosen`, `faults.0`.
    let fields: [(name: String, value: String)]

    init(time: Date, level: Logger.Level, message: String, metadata: Logger.Metadata) {
        self.time = time
        self.level = level
        self.message = message.terminalText(limit: Self.valueLimit)
        var fields: [(name: String, value: String)] = []
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            Self.flatten(value, name: name, into: &fields)
        }
        self.fields = fields
    }

    private static func flatten(
        _ value: Logger.MetadataValue, name: String, into fields: inout [(name: String, value: String)]
    ) {
        guard fields.count < fieldLimit else { return }
        switch value {
        case .string(let text):
            fields.append((name.terminalText(limit: 64), text.terminalText(limit: valueLimit)))
        case .stringConvertible(let value):
            fields.append((name.terminalText(limit: 64), value.description.terminalText(limit: valueLimit)))
        case .array(let values):
            for (index, value) in values.enumerated() { flatten(value, name: "\(name).\(index)", into: &fields) }
        case .dictionary(let values):
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                flatten(value, name: "\(name).\(key)", into: &fields)
            }
        }
    }

    /// The line as a JSON object, for programs. A field whose name is one of the line's own gets a `_` behind it.
    var json: [UInt8] {
        var members: [(String, JSON?)] = [
            ("time", .string(time.rfc3339)), ("level", .string(level.rawValue)), ("message", .string(message)),
        ]
        for (name, value) in fields {
            let isTaken = ["time", "level", "message"].contains(name)
            members.append((isTaken ? name + "_" : name, .string(value)))
        }
        return JSON.object(members).bytes + [0x0A]
    }

    /// The line as text, for people: `12:30:00.000 INFO    order completed  order_id=ord_…`.
    var text: [UInt8] {
        let level = level.rawValue.uppercased().padding(toLength: 8, withPad: " ", startingAt: 0)
        let clock = time.rfc3339.dropFirst(11).dropLast()
        let data = fields.map { "\($0.name)=\(Self.quoted($0.value))" }.joined(separator: " ")
        return Array("\(clock) \(level) \(message)\(data.isEmpty ? "" : "  " + data)\n".utf8)
    }

    private static func quoted(_ value: String) -> String {
        value.isEmpty || value.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" })
            ? JSON.string(value).text : value
    }
}

import Foundation

/// Settings that a person may change over HTTP.
protocol ChangeableSettings: Codable, Sendable {
    /// Throws for a value outside its range.
    func check() throws(SandboxInputError)
}

extension ChangeableSettings {
    /// The settings as JSON, with the names in snake case.
    func json() throws -> SandboxJSON {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        return try SandboxJSON(parsing: Array(encoder.encode(self)))
    }

    /// The settings with the named ones replaced: a whole list stands for the list it replaces.
    func applying(_ changes: SandboxJSON) throws(SandboxInputError) -> Self {
        let changed: Self
        do {
            changed = try decoded(from: changes)
        } catch let error as SandboxInputError {
            throw error
        } catch {
            throw SandboxInputError("settings: \(error)")
        }
        try changed.check()
        return changed
    }

    private func decoded(from changes: SandboxJSON) throws -> Self {
        guard let members = changes.members else { throw SandboxInputError("settings are a JSON object") }
        var json = try json()
        for member in members {
            guard json[member.name] != nil else { throw SandboxInputError("\(member.name): no such setting") }
            json = json.removing(path: member.name).merging(.object([member]))
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Self.self, from: Data(json.bytes))
    }
}

/// Throws unless a number lies in a range.
func require<Value: Comparable>(
    _ name: String, _ value: Value, in range: ClosedRange<Value>
) throws(SandboxInputError) {
    guard range.contains(value) else {
        throw SandboxInputError("\(name): from \(range.lowerBound) to \(range.upperBound)")
    }
}

/// The bounds that keep every sum and every date inside its type.
enum Bounds {
    /// Delays in milliseconds: up to a hundred days.
    static let delay = 0...8_640_000_000
    /// The clock's offset in seconds: ten years either way.
    static let offset = -315_360_000...315_360_000
    /// A price.
    static let price = SandboxDecimal.zero...SandboxDecimal.cents(100_000_000)
    /// A balance.
    static let balance = SandboxDecimal.cents(-100_000_000_000)...SandboxDecimal.cents(100_000_000_000)
    /// A count of IP addresses.
    static let count = 0...10_000_000
}

import ExactJSON
import OrderedCollections

/// Holds values against the schemas of the OpenAPI document: as much of JSON Schema 2020-12 as the document uses. A word
/// that it does not know is a fault too, so that the document cannot outgrow it unnoticed.
struct SchemaChecker {
    let document: JSON

    private static let known: Set<String> = [
        "$ref", "description", "summary", "format", "default", "example", "type", "enum", "const", "pattern",
        "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "minItems", "maxItems", "items",
        "required", "properties", "additionalProperties", "minProperties", "maxProperties", "oneOf",
    ]

    /// What is wrong with a value; empty when it is as the schema says.
    func faults(of value: JSON, against schema: JSON, at place: String = "") -> [String] {
        guard let words = schema.object else { return ["\(place): the schema is no object"] }
        var faults = words.keys.filter { !Self.known.contains($0) }.map { "\(place): unknown word \($0)" }
        if let pointer = words["$ref"]?.string {
            faults += self.faults(of: value, against: resolve(pointer), at: place)
        }
        faults += kindFaults(value, words, place) + choiceFaults(value, words, place)
        switch value {
        case .string(let text): faults += textFaults(text, words, place)
        case .number(let number): faults += numberFaults(number, words, place)
        case .array(let elements): faults += elementFaults(elements, words, place)
        case .object(let members): faults += memberFaults(members, words, place)
        case .null, .bool: break
        }
        return faults
    }

    /// What a reference leads to; itself when it is none.
    func resolved(_ json: JSON) -> JSON { json["$ref"]?.string.map(resolve) ?? json }

    private func resolve(_ pointer: String) -> JSON {
        pointer.split(separator: "/").dropFirst().reduce(document) { json, step in
            guard let json = json[String(step)] else { preconditionFailure("nothing at \(pointer)") }
            return json
        }
    }

    private func kindFaults(_ value: JSON, _ words: OrderedDictionary<String, JSON>, _ place: String) -> [String] {
        let kinds = words["type"].map { $0.array ?? [$0] }?.compactMap(\.string)
        guard let kinds, !kinds.contains(where: { isKind($0, value) }) else { return [] }
        return ["\(place): \(value.text) is not \(kinds.joined(separator: " or "))"]
    }

    private func isKind(_ kind: String, _ value: JSON) -> Bool {
        switch (kind, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number.int != nil
        default: false
        }
    }

    private func choiceFaults(_ value: JSON, _ words: OrderedDictionary<String, JSON>, _ place: String) -> [String] {
        var faults: [String] = []
        if let choices = words["enum"]?.array, !choices.contains(value) {
            faults.append("\(place): \(value.text) is none of the choices")
        }
        if let only = words["const"], only != value { faults.append("\(place): \(value.text) is not \(only.text)") }
        if let schemas = words["oneOf"]?.array {
            let results = schemas.map { self.faults(of: value, against: $0, at: place) }
            let fits = results.count(where: \.isEmpty)
            if fits != 1 { faults.append("\(place): fits \(fits) of \(schemas.count): \(results.joined())") }
        }
        return faults
    }

    private func textFaults(_ text: String, _ words: OrderedDictionary<String, JSON>, _ place: String) -> [String] {
        var faults: [String] = []
        if let pattern = words["pattern"]?.string {
            let fits = (try? Regex(pattern).firstMatch(in: text)) != nil
            if !fits { faults.append("\(place): \(text) does not fit \(pattern)") }
        }
        if let least = words["minLength"]?.int, text.count < least { faults.append("\(place): too short") }
        if let most = words["maxLength"]?.int, text.count > most { faults.append("\(place): too long") }
        return faults
    }

    private func numberFaults(_ number: JSONNumber, _ words: OrderedDictionary<String, JSON>, _ place: String)
        -> [String]
    {
        let value = Double(number.literal) ?? .nan
        let bound = { (word: String) in words[word]?.number.flatMap { Double($0.literal) } }
        let isTooSmall = bound("minimum").map { value < $0 } ?? false
        let isTooLarge = bound("maximum").map { value > $0 } ?? false
        let isAtBound = bound("exclusiveMinimum").map { value <= $0 } ?? false
        return isTooSmall || isTooLarge || isAtBound ? ["\(place): \(number.literal) is out of bounds"] : []
    }

    private func elementFaults(_ elements: [JSON], _ words: OrderedDictionary<String, JSON>, _ place: String)
        -> [String]
    {
        var faults: [String] = []
        if let least = words["minItems"]?.int, elements.count < least { faults.append("\(place): too few") }
        if let most = words["maxItems"]?.int, elements.count > most { faults.append("\(place): too many") }
        guard let schema = words["items"] else { return faults }
        for (index, element) in elements.enumerated() {
            faults += self.faults(of: element, against: schema, at: "\(place)/\(index)")
        }
        return faults
    }

    private func memberFaults(
        _ members: OrderedDictionary<String, JSON>, _ words: OrderedDictionary<String, JSON>, _ place: String
    ) -> [String] {
        let required = (words["required"]?.array ?? []).compactMap(\.string)
        var faults = required.filter { members[$0] == nil }.map { "\(place): \($0) is missing" }
        if let least = words["minProperties"]?.int, members.count < least { faults.append("\(place): too few members") }
        if let most = words["maxProperties"]?.int, members.count > most { faults.append("\(place): too many members") }
        for (name, value) in members {
            if let schema = words["properties"]?[name] {
                faults += self.faults(of: value, against: schema, at: "\(place)/\(name)")
            } else if words["additionalProperties"] == false {
                faults.append("\(place): \(name) is not in the schema")
            } else if let schema = words["additionalProperties"], schema.object != nil {
                faults += self.faults(of: value, against: schema, at: "\(place)/\(name)")
            }
        }
        return faults
    }
}

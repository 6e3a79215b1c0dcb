import ExactJSON
import HTTPTypes
import OrderedCollections
import Testing

@testable import GatewayAPI

/// The OpenAPI document, for holding answers and routes against it.
struct ContractDocument {
    let json: JSON
    let checker: SchemaChecker

    static let shared = ContractDocument()

    private init() {
        guard let document = try? OpenAPIDocument.builtIn.get() else {
            preconditionFailure("the document cannot be read")
        }
        json = document.json
        checker = SchemaChecker(document: document.json)
    }

    /// A named schema.
    func schema(_ name: String) throws -> JSON { try #require(json["components"]?["schemas"]?[name]) }

    /// The choices of a named schema.
    func choices(_ name: String) throws -> [String] {
        try #require(try schema(name)["enum"]?.array).compactMap(\.string)
    }

    /// The paths and what they hold.
    var paths: OrderedDictionary<String, JSON> { json["paths"]?.object ?? [:] }

    /// The operation of a method at a path as the document writes it.
    func operation(_ method: HTTPRequest.Method, _ path: String) -> JSON? {
        method.rawValue == method.rawValue.uppercased() ? paths[path]?[method.rawValue.lowercased()] : nil
    }

    /// The response of an operation with a status.
    func response(_ operation: JSON, _ status: Int) -> JSON? {
        operation["responses"]?[String(status)].map(checker.resolved)
    }

    /// The path of the document that a call's path is an instance of.
    func pattern(of path: String) -> String? {
        var steps = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if steps.first == "v1" { steps = steps.dropFirst() }
        return paths.keys.first { pattern in
            let segments = pattern.split(separator: "/")
            return segments.count == steps.count
                && zip(segments, steps).allSatisfy { $0.hasPrefix("{") ? !$1.isEmpty : $0 == $1 }
        }
    }

    /// What is wrong with an answer.
    func faults(of reply: TestReply, to method: HTTPRequest.Method, _ path: String) -> [String] {
        let method = method == .head ? .get : method
        guard let pattern = pattern(of: path), let operation = operation(method, pattern) else {
            return reply.status == 404 || reply.status == 405 ? problemFaults(reply) : ["no such operation"]
        }
        guard let response = response(operation, reply.status) else { return ["undeclared status \(reply.status)"] }
        return headerFaults(reply, response) + bodyFaults(reply, response)
    }

    private func problemFaults(_ reply: TestReply) -> [String] {
        reply.isHead ? [] : checker.faults(of: reply.json, against: ["$ref": "#/components/schemas/Problem"])
    }

    /// Fields that every HTTP answer may carry.
    private static let plainFields: Set<String> = [
        "content-type", "content-length", "date", "connection", "transfer-encoding",
    ]

    private func headerFaults(_ reply: TestReply, _ response: JSON) -> [String] {
        let declared = response["headers"]?.object ?? [:]
        var faults: [String] = []
        for field in reply.headers where !Self.plainFields.contains(field.name.canonicalName) {
            let header = declared.first { $0.key.lowercased() == field.name.canonicalName }?.value
            guard let schema = header.map(checker.resolved)?["schema"] else {
                faults.append("undeclared header \(field.name.rawName)")
                continue
            }
            faults += checker.faults(of: .string(field.value), against: schema, at: field.name.rawName)
        }
        for (name, header) in declared where checker.resolved(header)["required"] == true {
            if let name = HTTPField.Name(name), reply.headers[name] == nil { faults.append("\(name) is missing") }
        }
        return faults
    }

    private func bodyFaults(_ reply: TestReply, _ response: JSON) -> [String] {
        guard let content = response["content"]?.object else {
            return reply.text.isEmpty ? [] : ["a body where none is declared"]
        }
        if reply.isHead { return [] }
        let type = (reply.headers[.contentType] ?? "").split(separator: ";").first.map(String.init) ?? ""
        guard let schema = content[type]?["schema"] else { return ["undeclared media type \(type)"] }
        let isJSON = type.hasSuffix("json") && type != MediaType.ndjson.rawValue
        return checker.faults(of: isJSON ? reply.json : .string(reply.text), against: schema)
    }
}

import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing
import Yams

/// The contract for machines: `openapi/openapi.yaml`, built in by `scripts/embed-openapi`, and the same as JSON.
struct OpenAPIDocument: Sendable {
    /// The document as it is written.
    let yaml: [UInt8]
    /// The document as JSON.
    let json: JSON
    let jsonBytes: [UInt8]
    /// The document as a page to read.
    let page: [UInt8]

    /// Why the document that is built in cannot be read; a test keeps it from happening.
    struct Unreadable: Error {}

    /// What `info` says of the document's version; a test holds it against the document as it is read.
    static let version: String = {
        let line = text.split(separator: "\n").first { $0.hasPrefix("  version: ") }
        return line.map { String($0.dropFirst("  version: ".count)) } ?? ""
    }()

    /// The document, read once.
    static let builtIn = Result { try OpenAPIDocument() }

    private init() throws {
        guard let root = try Yams.compose(yaml: Self.text) else { throw Unreadable() }
        yaml = Array(Self.text.utf8)
        json = try Self.json(root)
        jsonBytes = json.bytes
        page = Array(ContractPage(json).html.utf8)
    }

    private static func json(_ node: Node) throws -> JSON {
        switch node {
        case .mapping(let mapping):
            return .object(try mapping.map { (try name($0.key), try json($0.value)) })
        case .sequence(let sequence):
            return .array(try sequence.map(json))
        case .scalar(let scalar):
            return try json(scalar, tag: node.tag.description)
        case .alias:
            throw Unreadable()
        }
    }

    private static func name(_ node: Node) throws -> String {
        guard case .scalar(let scalar) = node else { throw Unreadable() }
        return scalar.string
    }

    private static func json(_ scalar: Node.Scalar, tag: String) throws -> JSON {
        switch tag {
        case Tag.Name.null.rawValue: return .null
        case Tag.Name.bool.rawValue: return .bool(scalar.string == "true")
        case Tag.Name.int.rawValue, Tag.Name.float.rawValue:
            guard let number = JSONNumber(decimal: scalar.string) else { throw Unreadable() }
            return .number(number)
        default: return .string(scalar.string)
        }
    }
}

extension HTTPContract {
    /// `GET /openapi.yaml`.
    func showContractAsYAML(_ call: Call) async throws(Problem) -> Response {
        call.tagged(documents.yaml, as: .yaml, cacheControl: "max-age=300")
    }

    /// `GET /openapi.json`.
    func showContractAsJSON(_ call: Call) async throws(Problem) -> Response {
        call.tagged(documents.jsonBytes, as: .json, cacheControl: "max-age=300")
    }
}

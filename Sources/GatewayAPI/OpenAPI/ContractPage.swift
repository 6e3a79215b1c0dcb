import ExactJSON
import HTTPTypes
import Hummingbird
import OrderedCollections
import Purchasing

extension HTTPContract {
    /// `GET /docs`: the contract for people.
    func showContractAsPage(_ call: Call) async throws(Problem) -> Response {
        call.tagged(documents.page, as: .html, cacheControl: "max-age=300")
    }
}

/// The contract as a page to read. Nothing of it comes from a caller.
struct ContractPage {
    private let document: JSON

    init(_ document: JSON) { self.document = document }

    var html: String {
        let body =
            "<h1>\(HTML.escaped(title))</h1>\n" + HTML.prose(document["info"]?["description"]?.string ?? "")
            + "<p>The same for machines: <a href=\"openapi.yaml\">openapi.yaml</a>, "
            + "<a href=\"openapi.json\">openapi.json</a>.</p>\n"
            + (document["tags"]?.array ?? []).map(section).joined() + schemas
        return HTML.page(title: title, width: "60rem", body: body)
    }

    private var title: String { document["info"]?["title"]?.string ?? "" }

    private func section(of tag: JSON) -> String {
        let name = tag["name"]?.string ?? ""
        let operations = members(document["paths"]).flatMap { path, item in
            members(item).filter { $0.value["tags"]?.array?.first?.string == name }
                .map { operation($0.value, "\($0.key.uppercased()) \(path)") }
        }
        return "<h2 id=\"\(name)\">\(HTML.escaped(name))</h2>\n\(HTML.prose(tag["description"]?.string ?? ""))\n"
            + operations.joined()
    }

    private func operation(_ operation: JSON, _ line: String) -> String {
        let roles = operation["x-purser-roles"]?.array?.compactMap(\.string).joined(separator: ", ")
        let body = operation["requestBody"].map(resolved)
        let answers = members(operation["responses"]).map { status, answer in
            let answer = resolved(answer)
            return details("<b>\(status)</b> \(inline(answer["description"]))", contents(of: answer))
        }
        return details(
            "<code>\(HTML.escaped(line))</code> \(inline(operation["summary"]))",
            HTML.prose(operation["description"]?.string ?? "")
                + (roles.map { "<p>For: \(HTML.escaped($0)).</p>\n" } ?? "")
                + parameters(operation["parameters"]?.array ?? [])
                + (body.map { "<h4>Body</h4>\n" + contents(of: $0) } ?? "")
                + "<h4>Answers</h4>\n" + answers.joined())
    }

    private func parameters(_ parameters: [JSON]) -> String {
        if parameters.isEmpty { return "" }
        let rows = parameters.map(resolved).map { parameter in
            let isRequired = parameter["required"]?.bool == true ? ", required" : ""
            return "<tr><td><code>\(inline(parameter["name"]))</code></td>"
                + "<td>\(inline(parameter["in"]))\(isRequired)</td>"
                + "<td>\(inline(parameter["description"]))</td></tr>\n"
        }
        return "<table>\n\(rows.joined())</table>\n"
    }

    /// What a body or an answer holds: its schemas by name, and its examples.
    private func contents(of body: JSON) -> String {
        members(body["content"]).map { media, content in
            let examples = members(content["examples"]).map { name, example in
                details(HTML.escaped(name), "<pre>\(pretty(resolved(example)["value"]))</pre>\n")
            }
            return "<p><code>\(HTML.escaped(media))</code> \(schema(content["schema"]))</p>\n" + examples.joined()
        }.joined()
    }

    private var schemas: String {
        "<h2 id=\"schemas\">schemas</h2>\n"
            + members(document["components"]?["schemas"]).map { name, schema in
                let rows = members(schema["properties"]).map { name, property in
                    "<tr><td><code>\(HTML.escaped(name))</code></td><td>\(self.schema(property))</td>"
                        + "<td>\(inline(resolved(property)["description"]))</td></tr>\n"
                }
                let whole = rows.isEmpty ? "<pre>\(pretty(schema))</pre>" : "<table>\n\(rows.joined())</table>"
                return "<div id=\"schema-\(HTML.escaped(name))\">"
                    + details(HTML.escaped(name), HTML.prose(schema["description"]?.string ?? "") + whole + "\n")
                    + "</div>\n"
            }.joined()
    }

    /// A schema in a word: a link to the one that it names, or its type.
    private func schema(_ schema: JSON?) -> String {
        guard let schema, schema.object != nil else { return "" }
        // `#/components/schemas/Order/properties/id` is told where Order is.
        if let path = schema["$ref"]?.string?.split(separator: "/"), path.count > 3 {
            let name = String(path[3])
            return "<a href=\"#schema-\(HTML.escaped(name))\">\(HTML.escaped(name))</a>"
        }
        if let items = schema["items"] { return "array of " + self.schema(items) }
        if let choices = schema["enum"]?.array {
            return choices.map { "<code>\(HTML.escaped($0.string ?? $0.text))</code>" }.joined(separator: ", ")
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            if let choices = schema[key]?.array { return choices.map(self.schema).joined(separator: " or ") }
        }
        let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? "any"]
        return HTML.escaped(types.joined(separator: " or "))
    }

    /// What a reference leads to; anything else is itself.
    private func resolved(_ json: JSON) -> JSON {
        guard let reference = json["$ref"]?.string else { return json }
        return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] ?? .null }
    }

    private func members(_ json: JSON?) -> [(key: String, value: JSON)] {
        json?.object?.elements.map { ($0.key, $0.value) } ?? []
    }

    /// The first paragraph, for a line or a cell of a table; the rest stands with its schema.
    private func inline(_ text: JSON?) -> String {
        HTML.prose((text?.string ?? "").split(separator: "\n\n").first.map(String.init) ?? "").replacing(
            "<p>", with: ""
        ).replacing("</p>", with: " ")
    }

    private func pretty(_ json: JSON?) -> String { HTML.escaped((json?.string ?? json?.prettyText) ?? "") }

    private func details(_ summary: String, _ content: String) -> String {
        content.isEmpty
            ? "<p>\(summary)</p>\n" : "<details><summary>\(summary)</summary>\n\(content)</details>\n"
    }
}

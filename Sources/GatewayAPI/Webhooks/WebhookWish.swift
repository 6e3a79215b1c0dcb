import ExactJSON
import Purchasing

/// What an operator wants of a receiver, as a body says it; nil for what the body leaves out.
struct WebhookWish: Sendable {
    private(set) var url: WebhookURL?
    private(set) var events: [String]?
    private(set) var clients: [String]?
    /// Empty for none.
    private(set) var description: String?
    private(set) var isInUse: Bool?

    static let urlIsMissing = Fault(
        .pointer("/url"), "required", "where events are sent, such as https://hooks.example.com/purser")

    /// Reads a body.
    /// - Throws: `Problem` `invalid_request` with every fault.
    init(json: JSON, isNew: Bool, desk: WebhookDesk) throws(Problem) {
        var body = BodyReader(json, fields: ["url", "events", "clients", "description"] + (isNew ? [] : ["enabled"]))
        url = Self.url(&body, isNew: isNew, desk)
        events = Self.list("events", most: 50, &body) { text in
            WebhookFilter.isPattern(text)
                ? nil
                : (
                    "invalid_choice",
                    "*, a family such as order.*, or one of \(OrderEvent.Kind.allCases.map(\.text).joined(separator: ", "))"
                )
        }
        clients = Self.list("clients", most: 100, &body) { text in
            KeyRing.isClientName(text) ? nil : ("invalid_text", "1 to 64 letters, digits, dots, _ and -")
        }
        if let value = body["description"] {
            description = value.string
            if value.string.map({ $0.count > 200 }) ?? true {
                body.fault("/description", "invalid_text", "at most 200 characters; an empty text takes it away")
            }
        }
        if !isNew { isInUse = body.flag("enabled") }
        try body.finish()
    }

    private static func url(_ body: inout BodyReader, isNew: Bool, _ desk: WebhookDesk) -> WebhookURL? {
        guard let value = body["url"] else {
            if isNew { body.fault("/url", urlIsMissing.code, urlIsMissing.detail) }
            return nil
        }
        do throws(WebhookURL.Objection) {
            let url = try WebhookURL(value.string ?? "")
            if let fault = desk.objection(to: url) { body.fault("/url", fault.code, fault.detail) }
            return url
        } catch {
            body.fault("/url", "invalid_url", error.detail)
            return nil
        }
    }

    private static func list(
        _ name: String, most: Int, _ body: inout BodyReader, fault: (String) -> (code: String, detail: String)?
    ) -> [String]? {
        guard let value = body[name] else { return nil }
        guard let elements = value.array, elements.count <= most else {
            body.fault("/\(name)", "invalid_list", "a list of at most \(most) texts; empty for all")
            return nil
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            let text = element.string ?? ""
            if let fault = fault(text) { body.fault("/\(name)/\(index)", fault.code, fault.detail) }
            if texts.contains(text) { body.fault("/\(name)/\(index)", "duplicate", "name each once") }
            texts.append(text)
        }
        return texts
    }
}

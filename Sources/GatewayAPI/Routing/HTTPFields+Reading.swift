import HTTPTypes

extension HTTPFields {
    /// The value of a field that came exactly once, without the blanks around it; nil when it came never or twice.
    func only(_ name: HTTPField.Name) -> String? {
        let values = self[values: name]
        return values.count == 1 ? values.first?.withoutBlanks : nil
    }
}

extension HTTPField.Name {
    static let cacheStatus = named("Cache-Status")
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")
    static let prefer = named("Prefer")
    static let preferenceApplied = named("Preference-Applied")
    static let requestID = named("X-Request-Id")
    static let traceParent = named("Traceparent")
    static let link = named("Link")
    /// Says to the routes that the door made a `GET` of a `HEAD`; never a caller's.
    static let headMark = named(HeadJudgement.headMark)
    static let proxiesOrdered = named("X-Proxies-Ordered")
    static let proxiesCount = named("X-Proxies-Count")
    static let ordersCount = named("X-Orders-Count")
    static let lastEventID = named("Last-Event-ID")
    static let accelBuffering = named("X-Accel-Buffering")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a field name: \(name)") }
        return name
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at its ends.
    var withoutBlanks: String {
        let isText = { (scalar: Unicode.Scalar) in scalar != " " && scalar != "\t" }
        guard let first = unicodeScalars.firstIndex(where: isText), let last = unicodeScalars.lastIndex(where: isText)
        else { return "" }
        return String(self[first..<unicodeScalars.index(after: last)])
    }
}

extension SandboxFault {
    /// The longest delay a fault may ask for: one hour.
    static let longestDelay = 3_600_000
    /// The largest body a fault may ask for: 16 GiB.
    static let largestBody = 17_179_869_184

    /// Reads a fault from `{"call":"order","fault":"process_then_drop","times":1,"after":0,…}`.
    ///
    /// A name or a value that is not understood is refused: a fault that quietly does nothing would prove a test green.
    public init(json: SandboxJSON) throws(SandboxInputError) {
        guard let members = json.members else { throw SandboxInputError("a fault is a JSON object") }
        guard let call = json["call"]?.string.flatMap(SandboxCall.init(rawValue:)) else {
            throw SandboxInputError("call: one of \(SandboxCall.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let kind = json["fault"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw SandboxInputError("fault: one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.init(kind, on: call)
        for member in members where member.name != "call" && member.name != "fault" {
            if try readCount(member) { continue }
            if try readText(member) { continue }
            guard try readRest(member) else { throw SandboxInputError("\(member.name): no such field of a fault") }
        }
    }

    private mutating func readCount(_ member: SandboxJSON.Member) throws(SandboxInputError) -> Bool {
        switch member.name {
        case "times": times = member.value == .null ? nil : try member.count(in: 1...1_000_000_000)
        case "after": after = try member.count(in: 0...1_000_000_000)
        case "delay_ms": delayMs = try member.count(in: 0...Self.longestDelay)
        case "delay_answer_ms": delayAnswerMs = try member.count(in: 0...Self.longestDelay)
        case "every_ms": everyMs = try member.count(in: 0...Self.longestDelay)
        case "status": status = try member.count(in: 200...599)
        case "error_code": errorCode = try member.count(in: -1_000_000...1_000_000)
        case "bytes": bytes = try member.count(in: 0...Self.largestBody)
        default: return false
        }
        return true
    }

    private mutating func readText(_ member: SandboxJSON.Member) throws(SandboxInputError) -> Bool {
        switch member.name {
        case "body_contains": bodyContains = try member.text()
        case "code": code = try member.text()
        case "message": message = try member.text()
        case "body": body = try member.text()
        case "content_type": contentType = try member.headerValue()
        case "retry_after": retryAfter = try member.headerValue()
        case "location": location = try member.headerValue()
        default: return false
        }
        return true
    }

    private mutating func readRest(_ member: SandboxJSON.Member) throws(SandboxInputError) -> Bool {
        switch member.name {
        case "process": process = try member.flag()
        case "reset": reset = try member.flag()
        case "fields":
            guard case .object = member.value else { throw SandboxInputError("fields: an object") }
            fields = member.value
        case "remove": remove = try member.texts()
        case "headers": headers = try member.headerFields()
        default: return false
        }
        return true
    }

    /// The fault as it can be sent again; what is left at its default is left out.
    public var json: SandboxJSON {
        var object = JSONObject()
        func add(_ name: String, _ value: SandboxJSON?) {
            if let value { object.add(name, value) }
        }
        add("call", .string(call.rawValue))
        add("fault", .string(kind.rawValue))
        add("times", .optional(times))
        add("after", .integer(after))
        add("body_contains", bodyContains.map(SandboxJSON.string))
        add("process", process.map(SandboxJSON.bool))
        add("delay_ms", delayMs == 0 ? nil : .integer(delayMs))
        add("delay_answer_ms", delayAnswerMs == 0 ? nil : .integer(delayAnswerMs))
        add("status", status.map { .integer($0) })
        add("code", code.map(SandboxJSON.string))
        add("error_code", errorCode.map { .integer($0) })
        add("message", message.map(SandboxJSON.string))
        add("body", body.map(SandboxJSON.string))
        add("content_type", contentType.map(SandboxJSON.string))
        add("headers", headers.isEmpty ? nil : .object(headers.sorted { $0 < $1 }.map { .init($0, .string($1)) }))
        add("retry_after", retryAfter.map(SandboxJSON.string))
        add("location", location.map(SandboxJSON.string))
        add("every_ms", kind == .drip ? .integer(everyMs) : nil)
        add("bytes", bytes.map { .integer($0) })
        add("fields", fields)
        add("remove", remove.isEmpty ? nil : .array(remove.map(SandboxJSON.string)))
        add("reset", reset ? true : nil)
        return object.json
    }
}

extension SandboxJSON.Member {
    fileprivate func count(in range: ClosedRange<Int>) throws(SandboxInputError) -> Int {
        guard let count = value.integer, range.contains(count) else {
            throw SandboxInputError("\(name): an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }

    fileprivate func text() throws(SandboxInputError) -> String {
        guard let text = value.string else { throw SandboxInputError("\(name): a string") }
        return text
    }

    /// Text that cannot break out of its header field; `raw` is there for those that should.
    fileprivate func headerValue() throws(SandboxInputError) -> String {
        let text = if let digits = value.digits { digits } else { try text() }
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw SandboxInputError("\(name): visible ASCII only")
        }
        return text
    }

    fileprivate func flag() throws(SandboxInputError) -> Bool {
        guard let flag = value.bool else { throw SandboxInputError("\(name): true or false") }
        return flag
    }

    fileprivate func texts() throws(SandboxInputError) -> [String] {
        guard let elements = value.elements else { throw SandboxInputError("\(name): a list of strings") }
        var texts: [String] = []
        for element in elements {
            texts.append(try SandboxJSON.Member(name, element).text())
        }
        return texts
    }

    fileprivate func headerFields() throws(SandboxInputError) -> [String: String] {
        guard let members = value.members else { throw SandboxInputError("\(name): an object of strings") }
        var fields: [String: String] = [:]
        for member in members {
            fields[member.name] = try member.headerValue()
        }
        return fields
    }
}

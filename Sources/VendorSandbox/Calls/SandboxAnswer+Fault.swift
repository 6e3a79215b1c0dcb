import HTTPTypes

extension SandboxFault {
    /// A status without the vendor's own words.
    var bareStatus: SandboxAnswer {
        let status = status ?? 500
        let json: SandboxJSON = ["message": .string(SandboxAnswer.reasonPhrase(of: status))]
        return answer(body ?? json.description, type: "application/json", status: status)
    }

    /// A page as a proxy in front of the vendor shows it.
    var page: SandboxAnswer {
        let status = status ?? 502
        let title = "\(status) \(SandboxAnswer.reasonPhrase(of: status))"
        let page = "<html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>\n"
        return answer(body ?? page, type: "text/html", status: status)
    }

    /// A good status and no good body.
    var garbage: SandboxAnswer {
        answer(body ?? "", type: "application/json", status: status ?? 200)
    }

    private func answer(_ text: String, type: String, status: Int) -> SandboxAnswer {
        var answer = SandboxAnswer.text(text, type: contentType ?? type, status: status)
        answer.headers = headerFields
        return answer
    }

    /// Bytes of the fault's own, with the good answer where `{answer}` stands.
    func rawBytes(around good: SandboxAnswer) -> [UInt8] {
        let whole = good.wireHead + good.bodyBytes
        let parts = (body ?? "").split(separator: "{answer}", omittingEmptySubsequences: false)
        return Array(parts.map { Array($0.utf8) }.joined(separator: whole))
    }

    /// The fields that the fault adds; a name that HTTP does not allow is left out.
    var headerFields: HTTPFields {
        var fields = HTTPFields()
        for (text, value) in headers.sorted(by: { $0 < $1 }) {
            if let name = HTTPField.Name(text) { fields[name] = value }
        }
        if let retryAfter { fields[.retryAfter] = retryAfter }
        if let location { fields[.location] = location }
        return fields
    }
}

extension SandboxAnswer {
    /// The same, and blanks up to a size.
    func padded(to size: Int) -> SandboxAnswer {
        var answer = self
        if status == 204 { answer.status = 200 }
        answer.body = .padded(json ?? .string(String(decoding: bodyBytes, as: UTF8.self)), size: size)
        return answer
    }

    /// The same with the fault's status, header fields and members.
    func replaced(by fault: SandboxFault) -> SandboxAnswer {
        var answer = self
        answer.status = fault.status ?? status
        answer.headers.append(contentsOf: fault.headerFields)
        if let type = fault.contentType { answer.headers[.contentType] = type }
        guard var json else { return answer }
        json = json.merging(fault.fields ?? [:])
        answer.body = .json(fault.remove.reduce(json) { $0.removing(path: $1) })
        return answer
    }

    /// The same with members that stand there twice.
    func doubled(by fault: SandboxFault) -> SandboxAnswer {
        guard case .object(let members)? = json else { return self }
        let first = members.first.map { SandboxJSON.Member($0.name, .null) }
        let more = fault.fields?.members ?? first.map { [$0] } ?? []
        var answer = self
        answer.body = .json(.object(members + more))
        return answer
    }
}

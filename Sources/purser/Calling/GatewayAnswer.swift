import ExactJSON

/// An answer of a gateway, a problem too: its status, its document, and what its header fields say.
struct GatewayAnswer: Sendable {
    let status: Int
    let json: JSON
    /// Seconds, as `Retry-After` says them.
    let retryAfter: Int?
    /// Whether an earlier call with the same key made the order that this answer is about.
    let isReplay: Bool
    /// The document as it arrived, on one line.
    let line: String

    /// - Throws: `CallFailure` `unreadable` when the bytes are no JSON document.
    init(status: Int, bytes: [UInt8], retryAfter: Int? = nil, isReplay: Bool = false) throws(CallFailure) {
        do throws(JSONError) {
            json = try JSON(parsing: bytes, as: .answer)
        } catch {
            throw .unreadable(status: status)
        }
        let hasLines = bytes.contains { $0 == 0x0A || $0 == 0x0D }
        line = hasLines ? json.text : String(decoding: bytes, as: UTF8.self)
        self.status = status
        self.retryAfter = retryAfter
        self.isReplay = isReplay
    }

    var isGood: Bool { (200...299).contains(status) }

    /// The document of a good answer.
    /// - Throws: `CommandFailure` with what the gateway says is wrong, in one line.
    func successful() throws(CommandFailure) -> JSON {
        guard !isGood else { return json }
        let faults = (json["errors"]?.array ?? []).compactMap { $0["detail"]?.string.map { ": \($0)" } }.joined()
        let detail = json["detail"]?.string ?? json["title"]?.string ?? "status \(status)"
        throw CommandFailure(ExitStatus.failure, (detail + faults).terminalText(limit: 1000))
    }

    /// The document's line for a program. Where a terminal reads it, what would act on the terminal is escaped in JSON's
    /// own way, which makes it the same document.
    func line(forTerminal isTerminal: Bool) -> String {
        guard isTerminal, line.unicodeScalars.contains(where: \.actsOnText) else { return line }
        return line.unicodeScalars.map { scalar in
            scalar.actsOnText ? String(scalar).utf16.map(Self.escape).joined() : String(scalar)
        }.joined()
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// Something that goes wrong with one of the next calls to a vendor.
///
/// Faults wait in a queue. Each call takes the first that fits it, so a call has at most one.
/// *Processing* means that the call does what it is for: an order is sold and charged, a batch renewed, an address replaced.
public struct SandboxFault: Sendable, Hashable {
    /// What goes wrong.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The vendor's own kind of refusal; nothing is processed. `status`, `code`, `error_code`, `message`.
        case refuse
        /// Processed and answered well, but late: `delay_ms` passes before processing.
        case delay
        /// Processed at once, answered late: `delay_answer_ms` passes after processing.
        case delayAnswer = "delay_answer"
        /// A bare HTTP status (500 unless `status` says otherwise); not processed unless `process`.
        /// `retry_after`, `location`, `headers`, `body`, `content_type`.
        case status
        /// A page such as a proxy in front would show, with `status` (502); not processed unless `process`.
        case html
        /// Processed; then the connection closes without one byte of answer. `reset` ends it by RST.
        case processThenDrop = "process_then_drop"
        /// The connection closes without one byte of answer, and nothing was processed.
        case drop
        /// The head and half of the body (or `bytes` of it), then the end of the connection; processed.
        case cutBody = "cut_body"
        /// Half of the head (or `bytes` of it), then the end of the connection; processed.
        case cutHead = "cut_head"
        /// The head at once and then one byte of the body every `every_ms` (100); processed.
        case drip
        /// A body of `bytes` (2 MiB) with a good status; processed.
        case hugeBody = "huge_body"
        /// Status 200 (or `status`) with `body` as it is given; not processed unless `process`.
        case garbage
        /// No answer until the client leaves; not processed unless `process`.
        case hang
        /// The good answer with `fields` put over its members and the paths of `remove` taken away; processed.
        /// `status` and `headers` change as well where given.
        case replaceBody = "replace_body"
        /// The good answer with `fields` added behind members of the same name; processed.
        /// Without `fields`, the first member stands there again as null.
        case duplicateKeys = "duplicate_keys"
        /// The bytes of `body` on the wire, then the end of the connection; not processed unless `process`.
        /// `{answer}` in it stands for the whole good answer.
        case raw
    }

    /// Which calls it may hit.
    public var call: SandboxCall
    /// What goes wrong.
    public var kind: Kind
    /// How many calls it hits before it is used up; nil means every one until it is cleared.
    public var times: Int? = 1
    /// How many calls that would fit pass unharmed first.
    public var after = 0
    /// Hits only calls whose body contains this text.
    public var bodyContains: String?
    /// Whether the call is processed, where the kind leaves that open.
    public var process: Bool?
    /// Milliseconds before processing, for any kind.
    public var delayMs = 0
    /// Milliseconds between processing and answer, for any kind.
    public var delayAnswerMs = 0
    /// The HTTP status.
    public var status: Int?
    /// HeloData's error code.
    public var code: String?
    /// The legacy vendor's error number.
    public var errorCode: Int?
    /// The text that goes with the error.
    public var message: String?
    /// A body, or with `raw` everything.
    public var body: String?
    /// The body's media type.
    public var contentType: String?
    /// Header fields to send, by name.
    public var headers: [String: String] = [:]
    /// `Retry-After`, as it is given: seconds, a date, nonsense.
    public var retryAfter: String?
    /// `Location`, for a redirect.
    public var location: String?
    /// Milliseconds between two bytes of a drip.
    public var everyMs = 100
    /// A size, for the kinds that have one.
    public var bytes: Int?
    /// Members for the answer.
    public var fields: SandboxJSON?
    /// Paths to take from the answer: `details.batch_id`.
    public var remove: [String] = []
    /// Ends the connection by RST instead of FIN.
    public var reset = false

    /// A fault of a kind for a call, once.
    public init(_ kind: Kind, on call: SandboxCall) {
        self.kind = kind
        self.call = call
    }

    /// Whether a call that it hits is processed.
    var processes: Bool {
        switch kind {
        case .refuse, .drop: false
        case .status, .html, .garbage, .hang, .raw: process ?? false
        case .delay, .delayAnswer, .processThenDrop: true
        case .cutBody, .cutHead, .drip, .hugeBody, .replaceBody, .duplicateKeys: process ?? true
        }
    }

    func fits(_ other: SandboxCall, body: some StringProtocol) -> Bool {
        guard call == .any || call == other else { return false }
        guard let bodyContains else { return true }
        return body.contains(bodyContains)
    }
}

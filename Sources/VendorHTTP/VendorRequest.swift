/// One call to a vendor, made of fixed words and checked tokens only: no caller's text ever reaches a URL.
public struct VendorRequest: Sendable, Hashable {
    /// What a call is for; it decides what a failure must prove.
    public enum Purpose: Sendable, Hashable {
        /// Spends nothing; ends with its task.
        case read
        /// May spend, or change what was bought: the body is watched, so that a failure can prove that it never left, and
        /// cancelling the task that waits does not cut it off. A call without a body has nothing to watch, so that only a
        /// connection that never stood proves anything.
        case purchase
    }

    /// What is done at the path.
    public enum Action: Sendable, Hashable {
        case get
        /// Sends a JSON document.
        case post([UInt8])
        /// Takes away what is at the path; without a body.
        case delete
    }

    public let purpose: Purpose
    public let action: Action
    public let path: [VendorPathComponent]
    /// Names are fixed words; values are percent-encoded.
    public var query: [VendorQueryItem] = []
    public var idempotencyKey: String?
    /// The caller's W3C `traceparent`, passed on with a parent id of this call; left out when it is none. Where this is nil,
    /// the trace of the task goes on, `CallTrace`.
    public var traceparent: String?
    /// The headers of the answer that are wanted, in lower case; the others are dropped.
    public var wantedHeaders: Set<String> = []
    /// What form of answer is asked for.
    public var accept = Form.json
    /// How long the whole call may take, from the first attempt to connect to the last byte of the body; an answer to a
    /// purchase is listened for as long again.
    public var deadline: Duration
    /// How many bytes the body of the answer may have.
    public var bodyLimit = Self.usualBodyLimit

    /// A form of answers.
    public enum Form: String, Sendable, Hashable {
        case json = "application/json"
        case csv = "text/csv"
    }

    /// 256 KiB: more than any single answer needs.
    public static let usualBodyLimit = 256 * 1024
    /// 8 MiB: whole lists; HeloData sells up to 5000 IPs at once, which are some 700 KB as JSON.
    public static let listBodyLimit = 8 * 1024 * 1024

    public init(_ purpose: Purpose, _ action: Action, _ path: [VendorPathComponent], deadline: Duration) {
        self.purpose = purpose
        self.action = action
        self.path = path
        self.deadline = deadline
    }
}

/// One segment of a path: a fixed word, a checked token, or the place of the credential.
public struct VendorPathComponent: Sendable, Hashable, ExpressibleByStringLiteral {
    enum Content: Sendable, Hashable {
        case text(String)
        case credential
    }

    let content: Content

    /// Where the key of `VendorCredential.pathSegment` goes.
    public static let credential = VendorPathComponent(.credential)

    /// A fixed word of the vendor's API; only literals are taken.
    public init(stringLiteral value: StaticString) {
        content = .text(value.description)
    }

    /// A vendor's id: 1 to 128 letters, digits, `_`, `.` and `-`, and not only dots; nil when the text is anything else.
    public init?(token: String) {
        let isAllowed = { (byte: UInt8) in
            byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-")
        }
        guard (1...128).contains(token.utf8.count), token.utf8.allSatisfy(isAllowed),
            token.utf8.contains(where: { $0 != UInt8(ascii: ".") })
        else { return nil }
        content = .text(token)
    }

    private init(_ content: Content) { self.content = content }
}

/// A query parameter.
public struct VendorQueryItem: Sendable, Hashable {
    let name: String
    let value: String

    /// - Parameter name: a fixed word of the vendor's API; only literals are taken.
    public init(_ name: StaticString, _ value: String) {
        self.name = name.description
        self.value = value
    }
}

extension UInt8 {
    var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

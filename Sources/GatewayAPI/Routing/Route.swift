import HTTPTypes
import Hummingbird
import Purchasing

/// One line of the contract: what may be asked where, by whom, and every way in which it is answered.
///
/// Routing, the `405`s with their `Allow`, the checks of query parameters and the test that holds the OpenAPI document
/// and the code together all read the same lines.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// A path whose segments are literal or a name in braces: `/orders/{id}`.
    let path: String
    let access: Access
    /// The query parameters that are read; any other is refused.
    let query: Set<String>
    /// How it is answered when all is well.
    let replies: [Reply]
    /// The problems that it can end in.
    let problems: Set<ProblemCode>
    /// Whether it is there only on the local Unix socket.
    let isLocal: Bool
    /// Whether the configuration may keep it, though it is open to everyone, for auditors and operators.
    let mayNeedKey: Bool
    /// Its place among all routes, once it stands in a table.
    var number: Int?

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, query: Set<String> = [], replies: [Reply],
        problems: Set<ProblemCode> = [], isLocal: Bool = false, mayNeedKey: Bool = false
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.query = query
        self.replies = replies
        // To callers on the network, what is there only on the socket does not exist.
        let elsewhere: Set<ProblemCode> = isLocal ? [.notFound] : []
        self.problems = Self.problemsAnywhere.union(access.problems).union(problems).union(elsewhere)
        self.isLocal = isLocal
        self.mayNeedKey = mayNeedKey
    }

    /// What any call may end in: the front door's refusals, a query that is not understood, a fault of Purser.
    private static let problemsAnywhere: Set<ProblemCode> = [
        .malformedRequest, .unauthenticated, .requestTimeout, .bodyTooLarge, .unsupportedMediaType,
        .expectationFailed, .invalidRequest, .internalError, .overloaded,
    ]
}

/// Who may call a route. A route for key holders gets its caller handed in, so none can be reached without a key.
enum Access: Sendable {
    typealias OpenHandler = @Sendable (Call) async throws(Problem) -> Response
    typealias KeyedHandler = @Sendable (Call, Caller) async throws(Problem) -> Response

    /// Anyone, without a key.
    case everyone(@Sendable (HTTPContract) -> OpenHandler)
    /// Holders of a key with one of these roles.
    case holders(of: Set<Role>, @Sendable (HTTPContract) -> KeyedHandler)

    /// Whoever buys.
    static func buyers(_ handler: @escaping @Sendable (HTTPContract) -> KeyedHandler) -> Access {
        .holders(of: [.buyer, .operator], handler)
    }

    /// Whoever has a key.
    static func readers(_ handler: @escaping @Sendable (HTTPContract) -> KeyedHandler) -> Access {
        .holders(of: Set(Role.allCases), handler)
    }

    /// Whoever watches over all clients.
    static func watchers(_ handler: @escaping @Sendable (HTTPContract) -> KeyedHandler) -> Access {
        .holders(of: [.auditor, .operator], handler)
    }

    /// Operators.
    static func operators(_ handler: @escaping @Sendable (HTTPContract) -> KeyedHandler) -> Access {
        .holders(of: [.operator], handler)
    }

    /// The roles that may call; nil when no key is needed.
    var roles: Set<Role>? {
        switch self {
        case .everyone: nil
        case .holders(let roles, _): roles
        }
    }

    /// What a call may end in because of who calls.
    fileprivate var problems: Set<ProblemCode> {
        guard let roles else { return [] }
        return roles.count == Role.allCases.count ? [.rateLimited] : [.rateLimited, .forbidden]
    }
}

/// One way in which a route answers when all is well.
struct Reply: Sendable, Hashable {
    let status: HTTPResponse.Status
    /// The media types of the body, of which the caller's `Accept` chooses; none when there is no body.
    let media: [MediaType]

    static let notModified = Reply(status: .notModified, media: [])

    static func json(_ status: HTTPResponse.Status) -> Reply { Reply(status: status, media: [.json]) }

    static func document(_ media: MediaType...) -> Reply { Reply(status: .ok, media: media) }
}

/// A media type that Purser sends.
enum MediaType: String, Sendable {
    case json = "application/json"
    case yaml = "application/yaml"
    case problem = "application/problem+json"
    case html = "text/html"
    case plain = "text/plain"
    case csv = "text/csv"
    case uriList = "text/uri-list"
    case ndjson = "application/x-ndjson"
    case eventStream = "text/event-stream"

    /// The value of a `Content-Type` field.
    var contentType: String {
        switch self {
        case .json, .yaml, .problem, .ndjson, .eventStream: rawValue
        case .html, .plain, .csv, .uriList: rawValue + "; charset=utf-8"
        }
    }
}

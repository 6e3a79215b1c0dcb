/// The errors that the front door itself can answer: those of requests that never reach a route, and those that it
/// puts in the place of an error which the framework left without a body.
///
/// The words are the contract's; the raw value is the `code` of the problem and the end of its `type`.
public enum DoorCode: String, Sendable, CaseIterable {
    case malformedRequest = "malformed_request"
    case unauthenticated
    case forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case expectationFailed = "expectation_failed"
    case invalidRequest = "invalid_request"
    case rateLimited = "rate_limited"
    case internalError = "internal_error"
    case overloaded

    /// The HTTP status that the code stands for.
    public var status: Int {
        switch self {
        case .malformedRequest: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .expectationFailed: 417
        case .invalidRequest: 422
        case .rateLimited: 429
        case .internalError: 500
        case .overloaded: 503
        }
    }

    /// The summary, the same every time.
    public var title: String {
        switch self {
        case .malformedRequest: "The request cannot be read"
        case .unauthenticated: "The request does not say who is calling"
        case .forbidden: "The caller may not do this"
        case .notFound: "There is nothing at this address"
        case .methodNotAllowed: "This address does not take that method"
        case .requestTimeout: "The request did not arrive in time"
        case .bodyTooLarge: "The request's body is too large"
        case .unsupportedMediaType: "The request's body is in a form that is not read here"
        case .expectationFailed: "The request expects something that is not done here"
        case .invalidRequest: "The request asks for something that cannot be"
        case .rateLimited: "Too many requests"
        case .internalError: "Purser failed to answer"
        case .overloaded: "Purser cannot take the request now"
        }
    }

    /// What is said when nothing more is known.
    public var standardDetail: String {
        switch self {
        case .malformedRequest: "The bytes that arrived are not a readable HTTP/1.1 request."
        case .unauthenticated: "Send exactly one header `Authorization: Bearer <key>`."
        case .forbidden: "The key is known, but its role does not allow this call."
        case .notFound: "No such path or object. Paths have no trailing slash and no percent-encoding."
        case .methodNotAllowed: "The `Allow` header names the methods of this address."
        case .requestTimeout: "The whole request did not arrive before its deadline, so nothing was done."
        case .bodyTooLarge: "The body is larger than this server reads, so nothing was done."
        case .unsupportedMediaType: "Send the body as plain `application/json`, without a content coding."
        case .expectationFailed: "The only expectation that is met is `100-continue`."
        case .invalidRequest: "One or more values are not allowed."
        case .rateLimited: "This caller is over its limit."
        case .internalError: "A fault that nobody foresaw. The request id finds it in the log."
        case .overloaded: "The request was put aside before anything was done."
        }
    }

    /// The answer to the caller's one question: may it be sent again?
    var retryAction: String {
        switch self {
        case .requestTimeout, .internalError: "same_key"
        case .rateLimited, .overloaded: "wait"
        case .malformedRequest, .unauthenticated, .forbidden, .notFound, .methodNotAllowed, .bodyTooLarge,
            .unsupportedMediaType, .expectationFailed, .invalidRequest:
            "fix_request"
        }
    }

    /// The code for an error status that came without a problem of its own.
    init(status: Int) {
        self =
            Self.allCases.first { $0.status == status }
            ?? (status < 500 ? .malformedRequest : .internalError)
    }
}

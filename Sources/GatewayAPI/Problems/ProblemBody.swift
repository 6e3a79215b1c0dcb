import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

/// A problem as callers read it: RFC 9457, and what it says about money and about sending again.
struct ProblemBody {
    /// How many faults are told at most: every one of any honest mistake, while a call made of nothing else is not answered
    /// with many times its own size.
    static let faultLimit = 100

    let problem: Problem
    let requestID: String

    init(_ problem: Problem, requestID: String) {
        self.problem = problem
        self.requestID = requestID
    }

    /// The document.
    var json: JSON {
        let kind = problem.code.kind
        return .object([
            ("type", .string("/problems/\(problem.code.rawValue)")),
            ("title", .string(kind.title)),
            ("status", .int(kind.status.code)),
            ("code", .string(problem.code.rawValue)),
            ("detail", .string(problem.detail)),
            ("money_state", .string(problem.toldMoneyState.rawValue)),
            ("retry_action", .string(problem.retryAction.rawValue)),
            ("request_id", .string(requestID)),
            ("order_id", problem.orderID.map { .string($0.text) }),
            ("action_id", problem.actionID.map { .string($0.text) }),
            ("vendor", problem.vendor.map(\.json)),
            ("errors", problem.faults.isEmpty ? nil : .array(problem.faults.prefix(Self.faultLimit).map(\.json))),
        ])
    }

    /// The whole answer.
    var response: Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        if problem.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        if problem.isReplay { headers[.idempotentReplayed] = "true" }
        if let applied = problem.preferenceApplied { headers[.preferenceApplied] = applied }
        if let pause = problem.pause { headers[.retryAfter] = String(pause) }
        return Response(problem.code.kind.status, json, as: .problem, headers: headers)
    }
}

extension VendorStatement {
    /// `{"name","code","message"}`, in the vendor's own words.
    var json: JSON { ["name": .string(name), "code": .optional(code), "message": .optional(message)] }
}

extension Fault {
    /// `{"pointer" or "parameter" or "vendor","code","detail"}`.
    var json: JSON {
        let place =
            switch place {
            case .pointer(let text): ("pointer", text)
            case .parameter(let text): ("parameter", text)
            case .vendor(let text): ("vendor", text)
            }
        return .object([(place.0, .string(place.1)), ("code", .string(code)), ("detail", .string(detail))])
    }
}

extension Response {
    /// An answer with a JSON body.
    init(_ status: HTTPResponse.Status, _ json: JSON, as media: MediaType = .json, headers: HTTPFields = [:]) {
        self.init(status, json.bytes, as: media, headers: headers)
    }

    /// An answer with a body.
    init(_ status: HTTPResponse.Status, _ bytes: [UInt8], as media: MediaType, headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = media.contentType
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

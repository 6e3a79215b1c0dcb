import HTTPTypes
import Purchasing

/// Says who is calling, or refuses the call.
struct Gatekeeper: Sendable {
    /// Nil on the local Unix socket: whoever may open it is an operator.
    private let keys: KeyRing?
    private let failures: FailureLimiter

    /// Whether routes that may need a key do.
    private let isStrict: Bool

    init(keys: KeyRing?, isStrict: Bool = false, timepiece: Timepiece) {
        self.keys = keys
        self.isStrict = isStrict
        self.failures = FailureLimiter(timepiece: timepiece)
    }

    /// Who calls a route; nil when the route needs no key.
    /// - Throws: `Problem` `unauthenticated`, the same for every way in which a key can be wrong; `rate_limited` when too
    ///   many of them came from one address; `forbidden` when the caller's role may not call the route.
    func admit(_ headers: HTTPFields, to route: Route, peer: @autoclosure () -> String?) throws(Problem) -> Caller? {
        guard let roles = route.access.roles ?? (isStrict && route.mayNeedKey ? Self.watchers : nil) else { return nil }
        let caller = try identify(headers, peer: peer)
        guard roles.contains(caller.role) else {
            let names = roles.map(\.rawValue).sorted().joined(separator: " or ")
            throw Problem(.forbidden, "this call is for the role \(names)", moneyState: .unchanged)
        }
        return caller
    }

    private static let watchers: Set<Role> = [.auditor, .operator]

    private func identify(_ headers: HTTPFields, peer: () -> String?) throws(Problem) -> Caller {
        guard let keys else { return Self.local }
        if let token = Self.token(in: headers), let caller = keys.authenticate(token) { return caller }
        if let pause = failures.note(peer() ?? "") {
            throw Problem(
                .rateLimited, "too many calls with a wrong key came from this address", moneyState: .unchanged,
                retryAfter: pause)
        }
        throw .unauthenticated
    }

    /// The token of an `Authorization: Bearer` field; the scheme's case does not matter.
    private static func token(in headers: HTTPFields) -> String? {
        guard let value = headers.only(.authorization), let blank = value.utf8.firstIndex(of: UInt8(ascii: " ")),
            value[..<blank].lowercased() == "bearer"
        else { return nil }
        return value[blank...].withoutBlanks
    }

    /// Whoever may open the Unix socket.
    private static let local = Caller(client: "local", role: .operator)
}

extension Problem {
    /// One answer for a missing, malformed, unknown, wrong and revoked key, so that none can be told from another.
    static let unauthenticated = Problem(
        .unauthenticated, "send exactly one header `Authorization: Bearer <key>` with a key that is in force",
        moneyState: .unchanged)
}

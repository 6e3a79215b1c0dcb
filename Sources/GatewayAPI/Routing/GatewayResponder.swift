import HTTPTypes
public import Hummingbird
import Logging
import Purchasing

/// Answers every call: finds its route, admits its caller, and tells every problem in one form.
///
/// It takes the place of Hummingbird's router, which answers a wrong method with `404` and `//orders` as `/orders`.
public struct GatewayResponder: HTTPResponder {
    private let contract: HTTPContract
    private let table: RouteTable
    private let gatekeeper: Gatekeeper

    init(contract: HTTPContract, side: HTTPContract.Side) {
        self.contract = contract
        self.table = RouteTable(isLocal: side == .local)
        self.gatekeeper = Gatekeeper(
            keys: side == .local ? nil : contract.keys, isStrict: contract.settings.metricsNeedKey,
            timepiece: contract.timepiece)
    }

    /// Answers a call; never throws.
    public func respond(to request: Request, context: GatewayContext) async -> Response {
        let requestID = requestID(of: request)
        let start = ContinuousClock.now
        contract.meter.begin()
        var route: Int?
        var response: Response
        var orderID: OrderID?
        do {
            response = try await answer(request, requestID: requestID, context, &route)
        } catch {
            if error.code == .internalError {
                context.logger.error(
                    "a call ended in an internal error", metadata: ["request_id": .string(requestID)])
            }
            response = ProblemBody(error, requestID: requestID).response
            orderID = error.orderID
        }
        response.headers[.requestID] = requestID
        let took = ContinuousClock.now - start
        contract.meter.end(route, status: response.status.code, took: took)
        note(request, response, requestID, orderID, took: took)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static let longestName = 40

    /// Notes a call: one that may change something at `info`, a read at `debug`. Queries are left out, and so are names
    /// that are longer than any id, since callers misplace secrets there.
    private func note(
        _ request: Request, _ response: Response, _ requestID: String, _ orderID: OrderID?, took: Duration
    ) {
        let isRead = request.method == .get || request.method == .head
        // The metadata is made only where the level is noted.
        contract.settings.calls.log(
            level: isRead ? .debug : .info, "call answered",
            metadata: metadata(request, response, requestID, orderID, took))
    }

    private func metadata(
        _ request: Request, _ response: Response, _ requestID: String, _ orderID: OrderID?, _ took: Duration
    ) -> Logger.Metadata {
        let target = (request.head.path ?? "").prefix { $0 != "?" }
        let names = target.split(separator: "/", omittingEmptySubsequences: false)
        let path = names.map { $0.utf8.count <= Self.longestName ? $0 : "…" }.joined(separator: "/")
        var metadata: Logger.Metadata = [
            "request_id": .string(requestID), "method": .string(request.method.rawValue), "path": .string(path),
            "status": .stringConvertible(response.status.code),
            "milliseconds": .stringConvertible(Int(took.seconds * 1000)),
        ]
        let told = (response.headers[.location] ?? "").split(separator: "/") + names
        if let id = orderID ?? told.lazy.compactMap({ OrderID(String($0), kind: .order) }).first {
            metadata["order_id"] = .string(id.text)
        }
        if let id = told.lazy.compactMap({ ActionID(String($0), kind: .action) }).first {
            metadata["action_id"] = .string(id.text)
        }
        return metadata
    }

    /// - Parameter number: set to the place of the call's route, once that is found.
    private func answer(
        _ request: Request, requestID: String, _ context: GatewayContext, _ number: inout Int?
    ) async throws(Problem) -> Response {
        let target = request.head.path ?? ""
        let path = target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)]
        guard let match = table.match(path) else {
            throw Problem(.notFound, "there is nothing at this path", moneyState: .unchanged)
        }
        let method = request.method == .head ? .get : request.method
        guard let route = match.resource.routes[method] else {
            return notAllowed(match.resource.allow, requestID: requestID)
        }
        number = route.number
        let caller = try gatekeeper.admit(request.headers, to: route, peer: context.peer)
        let query = try QueryParameters(target[path.endIndex...].dropFirst(), known: route.query)
        let call = Call(request: request, requestID: requestID, query: query, names: match.names, base: match.base)
        switch (route.access, caller) {
        case (.everyone(let handler), _): return try await handler(contract)(call)
        case (.holders(_, let handler), let caller?): return try await handler(contract)(call, caller)
        case (.holders, nil): throw .unauthenticated
        }
    }

    private func notAllowed(_ allow: String, requestID: String) -> Response {
        let problem = Problem(.methodNotAllowed, "this path takes \(allow)", moneyState: .unchanged)
        var response = ProblemBody(problem, requestID: requestID).response
        response.headers[.allow] = allow
        return response
    }

    private func requestID(of request: Request) -> String {
        guard let id = request.headers.only(.requestID), (1...128).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return contract.ids.next(.request).text }
        return id
    }
}

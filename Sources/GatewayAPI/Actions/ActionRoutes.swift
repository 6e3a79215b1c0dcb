import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `POST /orders/{id}/renew`: rents what was bought for longer.
    func renewOrder(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try IdempotencyKey.required(in: call.request.headers)
        let id = try call.orderID()
        let request = try ActionRequest.renewal(in: try await call.object())
        return try await act(request, on: try await purchaser.order(id, for: caller), key, call, caller)
    }

    /// `POST /orders/{id}/auto-renew`: has the vendor renew by itself, or stops it.
    func autoRenewOrder(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try IdempotencyKey.required(in: call.request.headers)
        let id = try call.orderID()
        let request = try ActionRequest.autoRenewal(in: try await call.object())
        return try await act(request, on: try await purchaser.order(id, for: caller), key, call, caller)
    }

    /// `GET /actions`: a page of everything that was asked to be done, newest first.
    func listAllActions(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        var query = try ActionFilters.query(call.query, for: caller)
        if let text = call.query["cursor"] {
            let cursor = HistoryCursor(text, kind: .action, filters: query.filters)
            guard let cursor else { throw .badQuery([Self.notACursor]) }
            query.before = cursor.id
        }
        let page: ActionPage
        var bodies: [JSON] = []
        do {
            page = try await store.actions(query)
            for action in page.actions {
                if let order = try await store.order(action.orderID) {
                    bodies.append(ActionBody(action, on: order).json)
                }
            }
        } catch { throw Problem(reading: error) }
        let last = page.hasMore ? page.actions.last : nil
        let next = last.map { HistoryCursor(after: $0.id).text(filters: query.filters) }
        var headers: HTTPFields = [.cacheControl: "private, no-cache"]
        if let next { headers[.link] = Self.link(to: next, of: "/actions", from: call) }
        return Response(.ok, .list(bodies, nextCursor: next), headers: headers)
    }

    /// `GET /orders/{id}/actions`: everything that was asked to be done to what an order bought, oldest first.
    func listActions(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let order = try await purchaser.order(try call.orderID(), for: caller)
        let actions = try await purchaser.actions(of: order.id, for: caller)
        return Response(
            .ok, .list(actions.map { ActionBody($0, on: order).json }),
            headers: [.cacheControl: "private, no-cache"])
    }

    /// `GET /actions/{id}`: the action; with `wait`, as soon as it changes or settles.
    func showAction(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let wait = try call.query.whole("wait", 0...Preference.longestWait)
        let id = try call.actionID()
        let action = try await purchaser.action(id, for: caller, wait: wait.map { .seconds($0) })
        let order = try await purchaser.order(action.orderID, for: caller)
        return call.tagged(
            ActionBody(action, on: order).json.bytes, as: .json, cacheControl: "private, no-cache")
    }

    /// `POST /actions/{id}/resolve`: settles an unknown action by a person's decision.
    func resolveAction(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.actionID()
        let resolution = try ActionResolution(json: try await call.object())
        let order = try await purchaser.order(try await purchaser.action(id, for: caller).orderID, for: caller)
        let action = try await purchaser.resolve(action: id, resolution, by: caller, requestID: call.requestID)
        return Response(
            .ok, ActionBody(action, on: order).json, headers: [.cacheControl: "private, no-cache"])
    }

    // MARK: Asking for an action

    /// Has something done to what an order bought, and answers as a purchase is answered.
    func act(
        _ request: ActionRequest, on order: Order, _ key: IdempotencyKey, _ call: Call, _ caller: Caller
    ) async throws(Problem) -> Response {
        let headers = call.request.headers
        let preference = Preference(headers)
        let submission = ActionSubmission(
            order: order.id, request: request, caller: caller, idempotencyKey: key.text, requestID: call.requestID,
            traceparent: TraceParent.of(headers), wait: preference.duration(default: settings.defaultWait))
        do throws(Problem) {
            let answer = try await purchaser.ask(submission)
            var response = response(to: answer, on: order, call)
            if let applied = preference.applied { response.headers[.preferenceApplied] = applied }
            return response
        } catch {
            var problem = error
            // Where there is no action, nothing was waited for.
            if problem.actionID != nil { problem.preferenceApplied = preference.applied }
            throw problem
        }
    }

    private func response(to answer: ActionAnswer, on order: Order, _ call: Call) -> Response {
        let action = answer.action
        var headers: HTTPFields = [
            .location: "\(call.base)/actions/\(action.id)", .cacheControl: "private, no-cache",
        ]
        if answer.isReplay { headers[.idempotentReplayed] = "true" }
        if let pause = pause(for: action) { headers[.retryAfter] = String(pause) }
        let status: HTTPResponse.Status = action.status == .completed ? .created : .accepted
        return Response(status, ActionBody(action, on: order).json, headers: headers)
    }

    /// How many seconds an action that is not settled should be left alone before it is read.
    private func pause(for action: Action) -> Int? {
        switch action.status {
        case .pending, .running: 2
        case .unknown: action.unknown?.needsReview == true ? 3600 : purchaser.settlePause(at: action.vendor)
        case .completed, .failed: nil
        }
    }
}

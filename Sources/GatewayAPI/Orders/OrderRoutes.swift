import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `POST /orders`: buys, once for each key.
    func placeOrder(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let headers = call.request.headers
        let key = try IdempotencyKey.of(headers, isRequired: settings.requiresIdempotencyKey)
        let request = try orderRequest(in: try await call.object())
        let preference = Preference(headers)
        let submission = Submission(
            request: request, caller: caller, idempotencyKey: key?.text, requestID: call.requestID,
            traceparent: TraceParent.of(headers), wait: preference.duration(default: settings.defaultWait))
        do throws(Problem) {
            let answer = try await purchaser.submit(submission)
            var response = try response(to: answer, call: call)
            if let applied = preference.applied { response.headers[.preferenceApplied] = applied }
            return response
        } catch {
            var problem = error
            // Where there is no order, nothing was waited for.
            if problem.orderID != nil { problem.preferenceApplied = preference.applied }
            throw problem
        }
    }

    /// The request in a body.
    /// - Throws: `Problem` `invalid_request` with every fault, those too that the vendor that it names would find.
    func orderRequest(in json: JSON) throws(Problem) -> OrderRequest {
        do {
            return try OrderRequest(json: json)
        } catch {
            let more = error.draft.map(purchaser.faults(of:)) ?? []
            throw Problem(
                .invalidRequest, "the order cannot be taken as it is", moneyState: .unchanged,
                faults: error.faults + more.filter { !error.isAbout($0.place) })
        }
    }

    /// What a call to buy is told about its order as it stands: the same for the first call and for every repetition.
    private func response(to answer: Answer, call: Call) throws(Problem) -> Response {
        let order = answer.order
        var headers: HTTPFields = [
            .location: "\(call.base)/orders/\(order.id)", .cacheControl: "private, no-cache",
        ]
        let status: HTTPResponse.Status
        switch order.status {
        case .provisioning, .completed: status = .created
        case .pending, .purchasing, .unknown: status = .accepted
        case .canceled: status = .ok
        case .failed: throw Problem(failed: order, isReplay: answer.isReplay)
        }
        if answer.isReplay { headers[.idempotentReplayed] = "true" }
        if let pause = pause(for: order) { headers[.retryAfter] = String(pause) }
        return Response(status, OrderBody(order).bytes, as: .json, headers: headers)
    }

    /// How many seconds an order that is not settled should be left alone before it is read.
    private func pause(for order: Order) -> Int? {
        switch order.status {
        case .pending, .purchasing: 2
        case .unknown: order.unknown?.needsReview == true ? 3600 : purchaser.settlePause(at: order.vendor)
        case .provisioning, .completed, .failed, .canceled: nil
        }
    }

    /// `GET /orders/{id}`: the order; with `wait`, as soon as it changes or settles.
    func showOrder(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let wait = try call.query.whole("wait", 0...Preference.longestWait)
        let id = try call.orderID()
        let order = try await purchaser.order(id, for: caller, wait: wait.map { .seconds($0) })
        return call.tagged(OrderBody(order).bytes, as: .json, cacheControl: "private, no-cache")
    }

    /// `GET /orders/{id}/events`: the timeline, oldest first.
    func listEvents(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let order = try await purchaser.order(try call.orderID(), for: caller)
        let events: [OrderEvent]
        do { events = try await store.events(of: order.id) } catch { throw Problem(reading: error) }
        return Response(
            .ok, .list(events.map { EventBody($0).json }), headers: [.cacheControl: "private, no-cache"])
    }

    /// `POST /orders/{id}/cancel`: withdraws an order of which nothing was sent.
    func cancelOrder(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.orderID()
        let faults = try await call.objectOrNothing().strangers(to: [])
        guard faults.isEmpty else { throw .badBody(faults) }
        let order = try await purchaser.cancel(id, by: caller, requestID: call.requestID)
        return Response(.ok, OrderBody(order).bytes, as: .json, headers: [.cacheControl: "private, no-cache"])
    }

    /// `POST /orders/{id}/resolve`: settles an unknown order by a person's decision.
    func resolveOrder(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.orderID()
        let resolution = try Resolution(json: try await call.object())
        let order = try await purchaser.resolve(id, resolution, by: caller, requestID: call.requestID)
        return Response(.ok, OrderBody(order).bytes, as: .json, headers: [.cacheControl: "private, no-cache"])
    }
}

extension Problem {
    /// What every call is told of an order that failed.
    init(failed order: Order, isReplay: Bool) {
        let cause = order.problem ?? OrderProblem(code: .internalError, detail: "the order failed")
        self.init(
            cause.code, cause.detail, moneyState: order.moneyState, orderID: order.id, vendor: cause.vendor)
        self.isReplay = isReplay
    }

    /// A read that the store could not do. Its own words may name files, so they stay out.
    init(reading error: StoreError) {
        self.init(.storeUnavailable, "the store cannot be read now", moneyState: .unchanged)
    }

    /// A body that cannot be taken as it is.
    static func badBody(_ faults: [Fault]) -> Problem {
        Problem(.invalidRequest, "the body cannot be taken as it is", moneyState: .unchanged, faults: faults)
    }
}

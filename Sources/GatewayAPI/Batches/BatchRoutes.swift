import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /isp/batches`: the batches that vendors show, the latest first.
    func listBatches(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let query = try batchQuery(call.query)
        let page = try await purchaser.batches(query, for: caller)
        let last = page.hasMore ? page.batches.last : nil
        let next = last.map { batch in
            BatchCursor(after: BatchPlace(vendor: batch.vendor, id: batch.goods.id)).text(vendor: query.vendor)
        }
        var headers: HTTPFields = [.cacheControl: "private, no-cache"]
        if let next { headers[.link] = Self.link(to: next, of: "/isp/batches", from: call) }
        return Response(.ok, .list(page.batches.map { BatchBody($0).json }, nextCursor: next), headers: headers)
    }

    private func batchQuery(_ parameters: QueryParameters) throws(Problem) -> BatchQuery {
        var query = BatchQuery()
        var faults: [Fault] = []
        query.limit = OrderFilters.limit(in: parameters, &faults)
        query.vendor = parameters["vendor"]
        if let vendor = query.vendor, !purchaser.batchVendorNames.contains(vendor) {
            let names = purchaser.batchVendorNames.joined(separator: ", ")
            faults.append(Fault(.parameter("vendor"), "unknown_vendor", "configured vendors of batches are \(names)"))
        }
        if let text = parameters["cursor"] {
            query.after = BatchCursor(text, vendor: query.vendor)?.place
            if query.after == nil { faults.append(Self.notACursor) }
        }
        guard faults.isEmpty else { throw .badQuery(faults) }
        return query
    }

    /// `GET /isp/batches/{id}`: one batch.
    func showBatch(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let batch = try await purchaser.batch(try call.batchID(), for: caller)
        return Response(.ok, BatchBody(batch).json, headers: [.cacheControl: "private, no-cache"])
    }

    /// `GET /isp/batches/{id}/ips`: its proxies, as its order tells them.
    func listBatchProxies(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.batchID()
        let request = try ProxyRequest(call)
        return try tell(
            try await purchaser.proxies(ofBatch: id, for: caller, partial: request.partial), request, call)
    }

    /// `GET /isp/batches/{id}/whitelist`: who may use it without a password.
    func listWhitelist(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let entries = try await purchaser.whitelist(ofBatch: try call.batchID(), for: caller)
        return Response(.ok, .list(entries.map(\.json)), headers: [.cacheControl: "private, no-cache"])
    }

    // MARK: Changing

    /// `POST /isp/batches/{id}/renew`: rents it for longer.
    func renewBatch(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try IdempotencyKey.required(in: call.request.headers)
        let id = try call.batchID()
        return try await act(try .renewal(in: try await call.object()), onBatch: id, key, call, caller)
    }

    /// `POST /isp/batches/{id}/refresh`: changes every IP.
    func refreshBatch(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        try await plainly(.refresh, call, caller)
    }

    /// `POST /isp/batches/{id}/rotate-password`: changes the password that its IPs share.
    func rotatePassword(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        try await plainly(.rotatePassword, call, caller)
    }

    /// `DELETE /isp/batches/{id}`: gives it back, once the caller has said which.
    func releaseBatch(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.batchID()
        guard call.query["confirm"] == id else {
            throw .badQuery([
                Fault(
                    .parameter("confirm"), call.query["confirm"] == nil ? "required" : "not_confirmed",
                    "every IP of the batch is given back at once and nothing is refunded; to do that, send confirm=\(id)"
                )
            ])
        }
        return try await plainly(.release, call, caller)
    }

    /// `POST /isp/batches/{id}/whitelist`: lets an address use it without a password.
    func addToWhitelist(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try IdempotencyKey.required(in: call.request.headers)
        let id = try call.batchID()
        return try await act(try .allowance(in: try await call.object()), onBatch: id, key, call, caller)
    }

    /// `DELETE /isp/batches/{id}/whitelist/{entry}`: takes an entry off.
    func removeFromWhitelist(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        try await plainly(.disallow(entry: try call.vendorID("entry")), call, caller)
    }

    /// `POST /isp/ips/{ip_id}/replace`: changes one IP.
    func replaceIP(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try IdempotencyKey.required(in: call.request.headers)
        let ip = try call.vendorID("ip_id")
        let replacement = try Replacement(of: ip, in: try await call.objectOrNothing())
        let order: Order
        switch replacement.place {
        case .batch(let id): order = try await purchaser.order(ofBatch: id, for: caller)
        case .order(let id): order = try await purchaser.order(id, for: caller)
        case .anywhere: order = try await purchaser.order(ofIP: ip, for: caller, idempotencyKey: key.text)
        }
        return try await act(replacement.request, on: order, key, call, caller)
    }

    /// Has something done to a batch that a body adds nothing to.
    private func plainly(_ task: ActionTask, _ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try IdempotencyKey.required(in: call.request.headers)
        let id = try call.batchID()
        return try await act(try .plain(task, in: try await call.objectOrNothing()), onBatch: id, key, call, caller)
    }

    private func act(
        _ request: ActionRequest, onBatch id: String, _ key: IdempotencyKey, _ call: Call, _ caller: Caller
    ) async throws(Problem) -> Response {
        try await act(request, on: try await purchaser.order(ofBatch: id, for: caller), key, call, caller)
    }
}

import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `POST /orders/{id}/refunds`: writes down that money came back, once for each key.
    func recordRefund(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let key = try IdempotencyKey.required(in: call.request.headers)
        let id = try call.orderID()
        let request = try RefundRequest(json: try await call.object())
        let answer = try await purchaser.refund(
            id, request, by: caller, idempotencyKey: key.text, requestID: call.requestID)
        var headers: HTTPFields = [.cacheControl: "private, no-cache"]
        if answer.isReplay { headers[.idempotentReplayed] = "true" }
        return Response(.created, answer.refund.json, headers: headers)
    }

    /// `GET /orders/{id}/refunds`: every refund of an order, oldest first.
    func listRefunds(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let refunds = try await purchaser.refunds(of: try call.orderID(), for: caller)
        return Response(.ok, .list(refunds.map(\.json)), headers: [.cacheControl: "private, no-cache"])
    }

    /// `GET /refunds`: a page of everything that came back, newest first, or all of it as a file.
    func listAllRefunds(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        var query = try RefundFilters.query(call.query, for: caller)
        for name in query.vendors { try await check(vendor: name, in: OrderQuery(ofClients: query.clients)) }
        if let format = try OrderExport.Format(call) { return try await export(query, as: format) }
        if let text = call.query["cursor"] {
            let cursor = HistoryCursor(text, kind: .refund, filters: query.filters)
            guard let cursor else { throw .badQuery([Self.notACursor]) }
            query.before = cursor.id
        }
        let page: RefundPage
        do { page = try await store.refunds(query) } catch { throw Problem(reading: error) }
        let last = page.hasMore ? page.refunds.last : nil
        let next = last.map { HistoryCursor(after: $0.refund.id).text(filters: query.filters) }
        var headers: HTTPFields = [.cacheControl: "private, no-cache", .vary: "Accept"]
        if let next { headers[.link] = Self.link(to: next, of: "/refunds", from: call) }
        return Response(.ok, .list(page.refunds.map(\.json), nextCursor: next), headers: headers)
    }

    /// Every refund that matches: what is written down meanwhile is newer than the first, and so not among them.
    private func export(_ query: RefundQuery, as format: OrderExport.Format) async throws(Problem) -> Response {
        let export: RefundExport
        do { export = try await RefundExport(query, as: format, from: store) } catch { throw Problem(reading: error) }
        let headers: HTTPFields = [
            .contentType: format.media.contentType, .cacheControl: "no-store", .vary: "Accept",
            .contentDisposition: "attachment; filename=\"refunds.\(format.rawValue)\"",
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody { try await export.write(to: &$0) })
    }
}

extension OrderQuery {
    fileprivate init(ofClients clients: [String]) {
        self.init()
        self.clients = clients
    }
}

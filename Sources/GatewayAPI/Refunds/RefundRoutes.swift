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
}

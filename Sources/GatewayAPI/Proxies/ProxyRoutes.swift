import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Purchasing

extension HTTPContract {
    /// `GET /orders/{id}/proxies`: what was bought, credentials and all, as it comes from the vendor. Nothing of it is kept,
    /// here or anywhere on the way.
    func listProxies(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let id = try call.orderID()
        let request = try ProxyRequest(call)
        let proxies = try await purchaser.proxies(of: id, for: caller, partial: request.partial)
        var logger = settings.calls
        logger[metadataKey: "request_id"] = .string(call.requestID)
        logger[metadataKey: "order_id"] = .string(id.text)
        let answer = try ProxyAnswer(proxies, request, logger: logger)
        var headers: HTTPFields = [
            .contentType: request.format.media.contentType, .cacheControl: "no-store", .vary: "Accept",
            .trailer: HTTPField.Name.proxiesCount.rawName,
        ]
        if let ordered = proxies.order.request.quantity { headers[.proxiesOrdered] = String(ordered) }
        return Response(status: .ok, headers: headers, body: ResponseBody { try await answer.write(to: &$0) })
    }
}

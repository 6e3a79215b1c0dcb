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
        return try tell(try await purchaser.proxies(of: id, for: caller, partial: request.partial), request, call)
    }

    /// Tells a list of proxies as it comes, as its caller wants it.
    func tell(_ proxies: OrderProxies, _ request: ProxyRequest, _ call: Call) throws(Problem) -> Response {
        var logger = settings.calls
        logger[metadataKey: "request_id"] = .string(call.requestID)
        logger[metadataKey: "order_id"] = .string(proxies.order.id.text)
        let answer = try ProxyAnswer(proxies, request, logger: logger)
        var headers: HTTPFields = [
            .contentType: request.format.media.contentType, .cacheControl: "no-store", .vary: "Accept",
            .trailer: HTTPField.Name.proxiesCount.rawName,
        ]
        if let ordered = proxies.order.request.quantity { headers[.proxiesOrdered] = String(ordered) }
        if call.wantsHeadOnly {
            // The same head; the list is let go after its first piece.
            return Response(status: .ok, headers: headers, body: ResponseBody { try await $0.finish(nil) })
        }
        return Response(status: .ok, headers: headers, body: ResponseBody { try await answer.write(to: &$0) })
    }
}

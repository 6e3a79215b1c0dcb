import ExactJSON
import Foundation
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// What `GET /orders` reads besides the filters.
    static let historyParameters: Set<String> = ["cursor", "limit", "fields", "format", "before"]

    /// `GET /orders`: a page of history, newest first, or all of it as a file.
    func listOrders(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        var query = try OrderFilters.query(call.query, for: caller)
        for name in query.vendors { try await check(vendor: name, in: query) }
        if let format = try OrderExport.Format(call) { return try await export(query, as: format, call) }
        let fields = try OrderFields(call)
        if let text = call.query["cursor"] {
            let cursor = HistoryCursor(text, kind: .order, filters: query.filters)
            guard let cursor else { throw .badQuery([Self.notACursor]) }
            query.before = cursor.id
        }
        let page: OrderPage
        do { page = try await store.orders(query) } catch { throw Problem(reading: error) }
        let last = page.hasMore ? page.orders.last : nil
        let next = last.map { HistoryCursor(after: $0.id).text(filters: query.filters) }
        var headers: HTTPFields = [.cacheControl: "private, no-cache", .vary: "Accept"]
        if let next { headers[.link] = Self.link(to: next, of: "/orders", from: call) }
        var output = JSONOutput()
        output.list(nextCursor: next) { output in
            for order in page.orders { output.order(order, fields.members) }
        }
        return Response(.ok, output.bytes, as: .json, headers: headers)
    }

    /// Every order that matches, as it stands now, in one answer that is written as fast as the caller reads it.
    private func export(
        _ query: OrderQuery, as format: OrderExport.Format, _ call: Call
    ) async throws(Problem) -> Response {
        var query = query
        query.before = try OrderExport.start(call)
        let columns = try OrderExport.Columns(call, format)
        let view: any OrderView
        do { view = try await store.view(of: query) } catch { throw Problem(reading: error) }
        let export = OrderExport(view: view, columns: columns)
        let headers: HTTPFields = [
            .contentType: format.media.contentType, .cacheControl: "no-store", .vary: "Accept",
            .contentDisposition: "attachment; filename=\"orders.\(format.rawValue)\"",
            .trailer: HTTPField.Name.ordersCount.rawName,
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody { try await export.write(to: &$0) })
    }

    /// A vendor that is not configured, and that no order of the clients asked for ever had, is most likely a slip of the
    /// pen: an empty page would say that nothing was bought there.
    func check(vendor name: String, in query: OrderQuery) async throws(Problem) {
        guard !purchaser.vendorNames.contains(name) else { return }
        var history = OrderQuery()
        history.vendors = [name]
        history.clients = query.clients
        history.limit = 1
        let page: OrderPage
        do { page = try await store.orders(history) } catch { throw Problem(reading: error) }
        guard page.orders.isEmpty else { return }
        let names = purchaser.vendorNames.joined(separator: ", ")
        throw .badQuery([Fault(.parameter("vendor"), "unknown_vendor", "configured vendors are \(names)")])
    }

    static let notACursor = Fault(
        .parameter("cursor"), "invalid_cursor", "send next_cursor as it was answered, with the same filters")

    /// The next page's address, with the same filters.
    static func link(to cursor: String, as name: String = "cursor", of path: String, from call: Call) -> String {
        let items = call.query.items.filter { $0.name != name } + [(name, cursor)]
        let query = items.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
        return "<\(call.base)\(path)?\(query)>; rel=\"next\""
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

import ExactJSON
import HTTPTypes
import Hummingbird
import NIOCore
import Purchasing

extension HTTPContract {
    /// `GET /events`: every event of every order, in the order of the commits; as a page, or as a stream that goes on.
    func listAllEvents(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let request = try EventRequest(call, caller)
        let query = try await start(request, caller)
        if request.isStream { return stream(query) }
        var more = query
        more.limit += 1
        let found: [PlacedEvent]
        do { found = try await store.events(more) } catch { throw Problem(reading: error) }
        let page = found.prefix(query.limit)
        let next = found.count > page.count ? page.last?.event.id.text : nil
        var headers: HTTPFields = [.cacheControl: "private, no-cache", .vary: "Accept"]
        if let next { headers[.link] = Self.link(to: next, as: "after", of: "/events", from: call) }
        return Response(.ok, .list(page.map { EventBody($0.event).json }, nextCursor: next), headers: headers)
    }

    /// What is asked, behind the event at which the caller has stopped.
    private func start(_ request: EventRequest, _ caller: Caller) async throws(Problem) -> EventQuery {
        var query = request.query
        switch request.start {
        case .first: break
        case .latest:
            do { query.after = try await store.lastPlace() } catch { throw Problem(reading: error) }
        case .behind(let id, let name):
            let found: (place: Int64, client: String)?
            do { found = try await store.place(of: id) } catch { throw Problem(reading: error) }
            guard let found, query.client == nil || query.client == found.client else {
                throw .badQuery([Fault(.parameter(name), "unknown_event", "there is no such event")])
            }
            query.after = found.place
        }
        return query
    }

    private func stream(_ query: EventQuery) -> Response {
        let stream = EventStream(
            query: query, tail: eventTail, signal: store.signal, timepiece: timepiece,
            heartbeat: settings.heartbeat)
        // Proxies on the way are told not to hold it back.
        let headers: HTTPFields = [
            .contentType: MediaType.eventStream.contentType, .cacheControl: "no-store", .vary: "Accept",
            .accelBuffering: "no",
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody { try await stream.write(to: &$0) })
    }
}

/// Which events a caller wants, from where on, and how.
struct EventRequest {
    enum Start {
        case first, latest
        /// The event, and how it was named.
        case behind(Identifier, String)
    }

    let query: EventQuery
    let start: Start
    let isStream: Bool

    static let parameters: Set<String> = ["after", "limit", "type", "order_id", "client"]

    /// Reads the parameters, and `Last-Event-ID`, which goes before `after`: a stream that is taken up again carries both.
    /// - Throws: `Problem` `invalid_request` naming every parameter that cannot be taken; `forbidden` when a buyer asks by
    ///   client.
    init(_ call: Call, _ caller: Caller) throws(Problem) {
        try OrderFilters.refuseClient(call.query, from: caller)
        var faults: [Fault] = []
        isStream = call.request.headers.preferred(of: [.json, .eventStream]) == .eventStream
        let last = call.request.headers.only(.lastEventID)
        let name = isStream && last != nil ? "Last-Event-ID" : "after"
        switch isStream ? last ?? call.query["after"] : call.query["after"] {
        case nil, "": start = .first
        case "latest": start = .latest
        case let text?:
            if let id = Identifier(text, kind: .event) {
                start = .behind(id, name)
            } else {
                start = .first
                faults.append(Fault(.parameter(name), "invalid_id", "the id of an event, or latest"))
            }
        }
        var query = EventQuery(limit: OrderFilters.limit(in: call.query, &faults))
        if isStream, call.query["limit"] != nil {
            faults.append(Fault(.parameter("limit"), "not_supported", "is for pages; a stream goes on"))
        }
        query.client = caller.role == .buyer ? caller.client : call.query["client"]
        if let text = call.query["order_id"] {
            query.order = OrderID(text, kind: .order)
            if query.order == nil { faults.append(Fault(.parameter("order_id"), "invalid_id", "the id of an order")) }
        }
        if let text = call.query["type"] {
            let types = text.split(separator: ",", omittingEmptySubsequences: false)
                .map { OrderEvent.Kind(text: String($0)) }
            query.types = types.compactMap(\.self)
            if types.contains(nil) {
                let known = OrderEvent.Kind.allCases.map(\.text).joined(separator: ", ")
                faults.append(
                    Fault(.parameter("type"), "invalid_choice", "one or more, with commas between, of \(known)"))
            }
        }
        guard faults.isEmpty else { throw .badQuery(faults) }
        self.query = query
    }
}

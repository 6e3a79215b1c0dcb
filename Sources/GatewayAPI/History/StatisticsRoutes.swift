import ExactJSON
import Foundation
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// What `GET /orders/stats` reads besides the filters.
    static let statisticsParameters: Set<String> = ["group_by", "tz", "format"]

    /// `GET /orders/stats`: orders added up, exactly.
    func showStatistics(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let filter = try OrderFilters.query(call.query, for: caller)
        for name in filter.vendors { try await check(vendor: name, in: filter) }
        let request = try StatisticsRequest(call, filter)
        let rows: [StatisticsRow]
        do { rows = try await store.statistics(request.query) } catch { throw Problem(reading: error) }
        guard rows.count <= StatisticsRequest.mostRows else {
            throw .badQuery([
                Fault(
                    .parameter("group_by"), "too_many_groups",
                    "these are \(rows.count) groups, of which at most \(StatisticsRequest.mostRows) are told; "
                        + "ask for a shorter time or fewer groupings")
            ])
        }
        let body = StatisticsBody(request, rows)
        let headers: HTTPFields = [.cacheControl: "private, no-cache", .vary: "Accept"]
        if request.isTable {
            var headers = headers
            headers[.contentType] = MediaType.csv.contentType
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: .init(string: body.table)))
        }
        return Response(.ok, body.bytes, as: .json, headers: headers)
    }
}

/// What a caller wants added up.
struct StatisticsRequest {
    /// More groups than this are not told.
    static let mostRows = 10_000

    let query: StatisticsQuery
    /// The groups' names, as they were sent and are told.
    let names: [String]
    /// Whether it is told as CSV.
    let isTable: Bool

    /// Reads `group_by`, `tz`, and `format`, which goes before `Accept`.
    /// - Throws: `Problem` `invalid_request` naming every parameter that cannot be taken.
    init(_ call: Call, _ filter: OrderQuery) throws(Problem) {
        var faults: [Fault] = []
        let text = call.query["group_by"]
        names = text?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        let groups = names.map(Self.group)
        if groups.contains(nil) || Set(names).count < names.count {
            faults.append(
                Fault(
                    .parameter("group_by"), "invalid_choice",
                    "each at most once, with commas between: day, month, vendor, product, client, country, status, "
                        + "metadata[name]"))
        }
        let zone = call.query["tz"].map { $0 == "UTC" ? .gmt : Self.zone($0) } ?? .gmt
        if zone == nil {
            faults.append(Fault(.parameter("tz"), "unknown_time_zone", "UTC, or an IANA name such as Europe/Berlin"))
        }
        let format = call.query["format"]
        if let format, !["json", "csv"].contains(format) {
            faults.append(Fault(.parameter("format"), "unknown_format", "one of json, csv"))
        }
        isTable = format.map { $0 == "csv" } ?? (call.request.headers.preferred(of: [.json, .csv]) == .csv)
        guard faults.isEmpty, let zone else { throw .badQuery(faults) }
        query = StatisticsQuery(filter, by: groups.compactMap(\.self), in: zone)
    }

    private static func group(_ name: String) -> StatisticsQuery.Group? {
        switch name {
        case "day": return .day
        case "month": return .month
        case "vendor": return .vendor
        case "product": return .product
        case "client": return .client
        case "country": return .country
        case "status": return .status
        default:
            guard name.hasPrefix("metadata["), name.hasSuffix("]") else { return nil }
            let label = String(name.dropFirst("metadata[".count).dropLast())
            return (1...40).contains(label.count) ? .metadata(label) : nil
        }
    }

    private static func zone(_ name: String) -> TimeZone? {
        TimeZone.knownTimeZoneIdentifiers.contains(name) ? TimeZone(identifier: name) : nil
    }
}

/// Sums of orders as callers read them.
struct StatisticsBody {
    private let request: StatisticsRequest
    private let rows: [StatisticsRow]

    /// - Parameter rows: in any order; they are told by their keys, what has none last.
    init(_ request: StatisticsRequest, _ rows: [StatisticsRow]) {
        self.request = request
        self.rows = rows.sorted { left, right in
            for (left, right) in zip(left.keys, right.keys) where left != right {
                guard let left, let right else { return right == nil }
                return left < right
            }
            return left.currency < right.currency
        }
    }

    /// The document.
    var bytes: [UInt8] {
        let totals = Dictionary(grouping: rows, by: \.currency).mapValues { $0.map(\.sums).reduce(OrderSums(), +) }
        var output = JSONOutput()
        output.object { output in
            output.name("group_by")
            output.texts(request.names)
            output.name("tz")
            output.string(zoneName)
            output.name("data")
            output.array { output in
                for row in rows { output.sums(row.sums, row.currency, of: zip(request.names, row.keys)) }
            }
            output.name("totals")
            output.array { output in
                for (currency, sums) in totals.sorted(by: { $0.key < $1.key }) {
                    output.sums(sums, currency, of: zip([], []))
                }
            }
            output.name("next_cursor")
            output.null()
        }
        return output.bytes
    }

    private var zoneName: String { request.query.timeZone == .gmt ? "UTC" : request.query.timeZone.identifier }

    /// The same as a table.
    var table: String {
        let columns = [
            "currency", "orders", "spent_orders", "spent", "unpriced_orders", "maybe_spent_orders", "maybe_spent",
            "unquoted_orders", "quantity", "gb", "refunded", "charged_actions", "actions_spent", "unpriced_actions",
            "maybe_charged_actions", "actions_maybe_spent", "unquoted_actions",
        ]
        return CSV.row(request.names + columns) + rows.map { CSV.row($0.keys + $0.sums.cells($0.currency)) }.joined()
    }
}

extension JSONOutput {
    fileprivate mutating func sums(_ sums: OrderSums, _ currency: String, of keys: Zip2Sequence<[String], [String?]>) {
        object { output in
            for (name, key) in keys {
                output.name(escaping: name)
                output.string(key)
            }
            output.name("currency")
            output.string(currency)
            output.name("orders")
            output.int(sums.orders)
            output.name("spent_orders")
            output.int(sums.spentOrders)
            output.name("spent")
            output.money(Money(sums.spent, currency: currency))
            output.name("unpriced_orders")
            output.int(sums.unpricedOrders)
            output.name("maybe_spent_orders")
            output.int(sums.heldOrders)
            output.name("maybe_spent")
            output.money(Money(sums.held, currency: currency))
            output.name("unquoted_orders")
            output.int(sums.unquotedOrders)
            output.name("quantity")
            output.int(sums.quantity)
            output.name("gb")
            output.json(JSONNumber(decimal: sums.gb.text(places: 0)).map(JSON.number))
            output.name("refunded")
            output.money(Money(sums.refunded, currency: currency))
            output.name("actions")
            output.actions(sums.actions, currency)
        }
    }

    /// Writes what actions were charged, or `null` where none was.
    private mutating func actions(_ sums: ActionSums, _ currency: String) {
        guard !sums.isEmpty else { return null() }
        object { output in
            output.name("charged_actions")
            output.int(sums.spentActions)
            output.name("spent")
            output.money(Money(sums.spent, currency: currency))
            output.name("unpriced_actions")
            output.int(sums.unpricedActions)
            output.name("maybe_charged_actions")
            output.int(sums.heldActions)
            output.name("maybe_spent")
            output.money(Money(sums.held, currency: currency))
            output.name("unquoted_actions")
            output.int(sums.unquotedActions)
        }
    }
}

extension OrderSums {
    fileprivate func cells(_ currency: String) -> [String] {
        [
            currency, String(orders), String(spentOrders), spent.text(places: 2), String(unpricedOrders),
            String(heldOrders), held.text(places: 2), String(unquotedOrders), String(quantity), gb.text(places: 0),
            refunded.text(places: 2), String(actions.spentActions), actions.spent.text(places: 2),
            String(actions.unpricedActions), String(actions.heldActions), actions.held.text(places: 2),
            String(actions.unquotedActions),
        ]
    }
}

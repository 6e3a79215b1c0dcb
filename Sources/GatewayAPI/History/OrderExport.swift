import ExactJSON
import HTTPTypes
import Hummingbird
import NIOCore
import Purchasing

/// All orders that match, on their way to a caller: the store is asked for more when the caller has taken what went before.
///
/// An export that breaks off is left without its end (the last chunk of the body, with the trailer that counts the orders),
/// and the connection is closed: nobody can take it for a whole one.
struct OrderExport: Sendable {
    let view: any OrderView
    let columns: Columns

    /// The form of an export; the raw value is the one of `?format=`.
    enum Format: String, CaseIterable, Sendable {
        case csv, ndjson

        var media: MediaType {
            switch self {
            case .csv: .csv
            case .ndjson: .ndjson
            }
        }

        /// The form that a call asks for, by `format` or else by `Accept`; nil for pages.
        /// - Throws: `Problem` `invalid_request` when there is no such form, or when an export is asked for by pages.
        init?(_ call: Call) throws(Problem) {
            let preferred = call.request.headers.preferred(of: [.json] + Self.allCases.map(\.media))
            var format = Self.allCases.first { $0.media == preferred }
            var faults: [Fault] = []
            if let text = call.query["format"] {
                format = Format(rawValue: text)
                if format == nil, text != "json" {
                    faults.append(Fault(.parameter("format"), "unknown_format", "one of json, csv, ndjson"))
                }
            }
            let strangers = format == nil ? ["before"] : ["cursor", "limit"]
            for name in strangers where call.query[name] != nil && faults.isEmpty {
                let reason =
                    format == nil ? "is for csv and ndjson; pages have a cursor" : "is for pages; an export is whole"
                faults.append(Fault(.parameter(name), "not_supported", reason))
            }
            guard faults.isEmpty else { throw .badQuery(faults) }
            guard let format else { return nil }
            self = format
        }
    }

    /// What is told of each order.
    enum Columns: Sendable {
        case csv([OrderColumn])
        case ndjson([OrderBody.Member])

        /// - Throws: `Problem` `invalid_request` when `fields` names what there is not.
        init(_ call: Call, _ format: Format) throws(Problem) {
            switch format {
            case .csv:
                let names = try OrderFields.names(in: call.query, of: OrderColumn.allCases.map(\.rawValue))
                self = .csv(names?.compactMap(OrderColumn.init) ?? OrderColumn.allCases)
            case .ndjson: self = .ndjson(try OrderFields(call).members)
            }
        }

        fileprivate var heading: [UInt8] {
            switch self {
            case .csv(let columns): Array(CSV.row(columns.map(\.rawValue)).utf8)
            case .ndjson: []
            }
        }

        /// The orders' lines.
        fileprivate func bytes(of orders: [Order]) -> [UInt8] {
            switch self {
            case .csv(let columns):
                var table = CSV()
                for order in orders { table.row(columns) { $0.cell(of: order) } }
                return table.bytes
            case .ndjson(let members):
                var output = JSONOutput()
                for order in orders {
                    output.order(order, members)
                    output.newline()
                }
                return output.bytes
            }
        }
    }

    /// The order behind which an export goes on that broke off before; nil for one from the beginning.
    /// - Throws: `Problem` `invalid_request` when it is no order's id.
    static func start(_ call: Call) throws(Problem) -> OrderID? {
        guard let text = call.query["before"] else { return nil }
        guard let id = OrderID(text, kind: .order) else {
            throw .badQuery([Fault(.parameter("before"), "invalid_id", "the id of an order")])
        }
        return id
    }

    /// Writes the whole answer, or throws when it cannot be brought to its end. While some orders are written, and no
    /// longer, the next are read.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        var count = 0
        var bytes = columns.heading
        var next = try await view.next()
        while let orders = next {
            async let following = view.next()
            bytes += columns.bytes(of: orders)
            count += orders.count
            if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
            bytes = []
            next = try await following
        }
        if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
        try await writer.finish([.ordersCount: String(count)])
    }
}

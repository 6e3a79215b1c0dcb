import ExactJSON
import Foundation
import OrderedCollections
import Purchasing
import VendorHTTP

/// Reads `GET ipAddress`. No page shows the answer: what is known comes from a reseller's client, which finds records
/// inside orders inside groups by type, compares the types' names without regard to case, and guesses the fields' names.
///
/// Accepted: an envelope under a likely name or none; groups by type; orders with their records in a list, or keyed by
/// order id; flat records that carry `orderId`. Whatever else stands there makes the whole list unreadable: a part of it
/// would look like goods that are not there.
struct LegacyGoodsList {
    /// The records of each order, by order id, in the order in which they came.
    private(set) var records: OrderedDictionary<String, [LegacyRecord]> = [:]

    private static let envelopes: Set<String> = [
        "ipaddresses", "ipaddress", "ips", "iplist", "data", "items", "list", "orders", "proxies", "records", "content",
    ]

    init(_ answer: LegacyAnswer) throws(VendorError) {
        guard let members = answer.json.object else { throw .unreadable("goods") }
        guard !Self.isPartial(answer.json) else { throw .unreadable("partial_list") }
        var isFound = false
        for (name, value) in members where !value.isNull {
            if let type = LegacyProxyType(anyCase: name) {
                try collect(value, LegacyRecord.Context(type: type))
            } else if Self.envelopes.contains(name.lowercased()) {
                try collect(value, LegacyRecord.Context())
            } else {
                continue
            }
            isFound = true
        }
        guard isFound else { throw .unreadable("goods") }
        if let total = answer.json.first(of: "totalElements", "totalCount")?.int {
            guard total == records.values.reduce(0, { $0 + $1.count }) || total == records.count else {
                throw .unreadable("partial_list")
            }
        }
    }

    /// Whether the answer says that it is one page of several.
    private static func isPartial(_ json: JSON) -> Bool {
        let pages = json.first(of: "totalPages", "pages")?.int ?? 1
        let hasMore = json.first(of: "hasNext", "hasMore", "has_more")?.bool ?? false
        return pages > 1 || hasMore || json["last"]?.bool == false || json.first(of: "next", "nextPage") != nil
    }

    private mutating func collect(_ json: JSON, _ context: LegacyRecord.Context) throws(VendorError) {
        switch json {
        case .array(let elements):
            // An order that has no IP yet is an order all the same.
            if let orderID = context.orderID, records[orderID] == nil { records[orderID] = [] }
            for element in elements { try collect(element: element, context) }
        case .object(let members):
            for (name, value) in members where !value.isNull { try collect(member: name, value, context) }
        case .null, .bool, .number, .string: throw .unreadable("goods")
        }
    }

    /// A member of a group: a type's group, another envelope, or an order's records under its id.
    private mutating func collect(
        member name: String, _ value: JSON, _ context: LegacyRecord.Context
    ) throws(VendorError) {
        var inner = context
        if let type = LegacyProxyType(anyCase: name) {
            inner.type = type
        } else if !Self.envelopes.contains(name.lowercased()) {
            guard JSON.string(name).visibleToken != nil, value.array != nil else { throw .unreadable("goods") }
            inner.orderID = name
        }
        try collect(value, inner)
    }

    /// An element of a list: an order with its records inside, or a record.
    private mutating func collect(element: JSON, _ context: LegacyRecord.Context) throws(VendorError) {
        guard let members = element.object else { throw .unreadable("goods") }
        let inner = context.with(element)
        let inside = members.first { Self.envelopes.contains($0.key.lowercased()) && $0.value.array != nil }
        if let inside {
            var order = inner
            order.orderID = order.orderID ?? LegacyRecord.id(element.first(of: "id"))
            order.order = element
            guard order.orderID != nil else { throw .unreadable("order") }
            return try collect(inside.value, order)
        }
        guard let record = LegacyRecord(element, inner) else { throw .unreadable("record") }
        if let earlier = records[record.orderID]?.first(where: { $0.key == record.key }) {
            // Shown twice it is one IP; shown twice in different ways, the list was changing while it was read.
            guard earlier.json == record.json else { throw .unreadable("list_changed") }
            return
        }
        records[record.orderID, default: []].append(record)
    }
}

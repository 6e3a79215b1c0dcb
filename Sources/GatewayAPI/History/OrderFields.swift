import ExactJSON
import OrderedCollections
import Purchasing

/// The members of an order that a caller wants to read: `fields=id,status,total`.
struct OrderFields: Sendable {
    /// Nil for all of them.
    private let names: Set<String>?

    /// - Throws: `Problem` `invalid_request` when there is no such member.
    init(_ call: Call) throws(Problem) { names = try Self.names(in: call.query, of: OrderBody.members).map { Set($0) } }

    /// The order with these members, in their usual order.
    func json(_ order: Order) -> JSON {
        let whole = OrderBody(order).json
        guard let names, let members = whole.object else { return whole }
        return .object(members.filter { names.contains($0.key) }.map { ($0.key, $0.value) })
    }

    /// The names in `fields`; nil where it was not sent.
    /// - Throws: `Problem` `invalid_request` when one is not known.
    static func names(in query: QueryParameters, of known: [String]) throws(Problem) -> [String]? {
        guard let text = query["fields"] else { return nil }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard names.allSatisfy(known.contains) else {
            let list = known.joined(separator: ", ")
            throw .badQuery([
                Fault(.parameter("fields"), "unknown_field", "one or more, with commas between, of \(list)")
            ])
        }
        return names
    }
}

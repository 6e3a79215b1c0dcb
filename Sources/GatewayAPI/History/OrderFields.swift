import ExactJSON
import Purchasing

/// The members of an order that a caller wants to read: `fields=id,status,total`.
struct OrderFields: Sendable {
    /// In their usual order.
    let members: [OrderBody.Member]

    /// - Throws: `Problem` `invalid_request` when there is no such member.
    init(_ call: Call) throws(Problem) {
        let names = try Self.names(in: call.query, of: OrderBody.members.map(\.name.description))
        members = OrderBody.members.filter { names?.contains($0.name.description) ?? true }
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

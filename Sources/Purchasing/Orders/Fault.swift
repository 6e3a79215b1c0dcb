/// One thing that is wrong with a request, and where.
public struct Fault: Sendable, Hashable {
    /// Where in the request the fault is.
    public enum Place: Sendable, Hashable {
        /// A JSON pointer into the body (RFC 6901): `/quantity`.
        case pointer(String)
        /// A query parameter.
        case parameter(String)
        /// A vendor that cannot sell the request.
        case vendor(String)
    }

    public let place: Place
    /// A stable code of the fault: `quantity_out_of_range`.
    public let code: String
    /// What is wrong and how to mend it, for a person.
    public let detail: String

    public init(_ place: Place, _ code: String, _ detail: String) {
        self.place = place
        self.code = code
        self.detail = detail
    }
}

/// A request that cannot be taken as it is; every fault is named, not only the first.
public struct InvalidRequest: Error, Sendable, Hashable {
    public let faults: [Fault]
    /// The request as far as it could be read; nil where not even its product could.
    public let draft: OrderRequest?

    /// Whether a fault of a place is told already: then what else is wrong there says nothing. A rent has two names.
    public func isAbout(_ place: Fault.Place) -> Bool {
        let rents: [Fault.Place] = [.pointer("/months"), .pointer("/days")]
        let places = faults.map(\.place)
        return places.contains(place) || rents.contains(place) && places.contains(where: rents.contains)
    }
}

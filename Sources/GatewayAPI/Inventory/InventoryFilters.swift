import Purchasing

/// The filters of `GET /inventory`.
enum InventoryFilters {
    /// Their names.
    static let names: Set<String> = ["product", "country", "city", "asn", "vendor"]

    /// Reads the filters of a query.
    /// - Parameter vendors: the names of the configured vendors.
    /// - Throws: `Problem` `invalid_request` naming every parameter that cannot be read.
    static func query(_ parameters: QueryParameters, vendors: [Vendor]) throws(Problem) -> InventoryQuery {
        var faults: [Fault] = []
        func read<Value>(
            _ name: String, _ code: String, _ detail: @autoclosure () -> String, _ read: (String) -> Value?
        ) -> Value? {
            guard let text = parameters[name] else { return nil }
            let value = read(text)
            if value == nil { faults.append(Fault(.parameter(name), code, detail())) }
            return value
        }
        let query = InventoryQuery(
            product: read("product", "unknown_product", "products are \(words)", Product.init),
            country: read("country", "unknown_country", "an ISO 3166-1 code such as US or USA", Country.init),
            city: read("city", "invalid_city", "1 to 64 Latin letters without accents, such as newyork", city),
            asn: read("asn", "out_of_range", "a whole number, 1 to 4294967295", asn),
            vendor: read(
                "vendor", "unknown_vendor",
                "configured vendors are \(vendors.map(\.name).joined(separator: ", "))"
            ) { name in vendors.contains { $0.name == name } ? name : nil })
        guard faults.isEmpty else { throw .badQuery(faults) }
        return query
    }

    private static let words = Product.allCases.map(\.rawValue).joined(separator: ", ")

    /// A city as orders name it, in normal form.
    private static func city(_ text: String) -> String? {
        let isPart = { (character: Character) in
            character.isASCII && (character.isLetter || " .'-".contains(character))
        }
        guard text.count <= 64, text.allSatisfy(isPart), text.contains(where: \.isLetter) else { return nil }
        return String(text.lowercased().filter(\.isLetter))
    }

    private static func asn(_ text: String) -> Int? {
        guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text).flatMap { (1...4_294_967_295).contains($0) ? $0 : nil }
    }
}

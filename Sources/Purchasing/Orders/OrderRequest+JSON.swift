import Crypto
public import ExactJSON

extension OrderRequest {
    /// The request in normal form: always the same members in the same order, so equal requests give equal bytes.
    public var json: JSON {
        .object([
            ("product", .string(product.rawValue)),
            ("gb", gb.flatMap { JSONNumber(decimal: $0.text(places: 0)) }.map(JSON.number)),
            ("quantity", quantity.map(JSON.int)),
            ("months", rentalMonths.map(JSON.int)),
            ("days", rentalDays.map(JSON.int)),
            ("country", country.map { .string($0.alpha2) }),
            ("city", city.map(JSON.string)),
            ("asn", asn.map(JSON.int)),
            ("subuser", subuser.map(JSON.string)),
            ("goal", goal.map(JSON.string)),
            ("auth", authJSON),
            ("protocol", proxyProtocol.map { .string($0.rawValue) }),
            ("mobile_operator", mobileOperator.map(JSON.string)),
            ("rotation_seconds", rotationSeconds.map(JSON.int)),
            ("promo_code", promoCode.map(JSON.string)),
            ("vendor", .string(vendor.text)),
            ("max_total", maxTotal.map { .string($0.text) }),
            ("allow_unknown_price", allowUnknownPrice ? true : nil),
            ("metadata", metadata.isEmpty ? nil : .object(metadata.map { ($0.name, .string($0.value)) })),
        ])
    }

    /// SHA-256 of the normal form, in hexadecimal: equal for requests that mean the same.
    public var fingerprint: String {
        SHA256.hash(data: json.bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private var rentalMonths: Int? {
        guard case .months(let months)? = rental else { return nil }
        return months
    }

    private var rentalDays: Int? {
        guard case .days(let days)? = rental else { return nil }
        return days
    }

    private var authJSON: JSON? {
        guard case .ip(let address) = auth else { return nil }
        return ["type": "ip", "ip": .string(address)]
    }

    /// Reads a request from a caller's body.
    ///
    /// Unknown members are refused, since a misspelt field must not change what is bought; an explicit `null` is the
    /// same as leaving the member out.
    /// - Throws: `InvalidRequest` with every fault, each with its JSON pointer.
    public init(json: JSON) throws(InvalidRequest) {
        var reader = OrderRequestReader(json)
        let request = reader.request()
        guard let request, reader.faults.isEmpty else { throw InvalidRequest(faults: reader.faults) }
        self = request
    }
}

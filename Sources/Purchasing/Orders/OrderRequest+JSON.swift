import Crypto
public import ExactJSON

extension OrderRequest {
    /// The request in normal form, as JSON text: always the same members in the same order, so equal requests give equal
    /// bytes.
    public var normalForm: [UInt8] {
        var output = JSONOutput()
        write(into: &output)
        return output.bytes
    }

    /// Writes the normal form.
    /// - Parameter withMetadata: whether the caller's labels are a part of it.
    public func write(into output: inout JSONOutput, withMetadata: Bool = true) {
        output.object { output in
            output.member("product", product.rawValue)
            output.member("gb", json: gb.flatMap { JSONNumber(decimal: $0.text(places: 0)) }.map(JSON.number))
            output.member("quantity", quantity)
            output.member("months", rentalMonths)
            output.member("days", rentalDays)
            output.member("country", country?.alpha2)
            output.member("city", city)
            output.member("asn", asn)
            output.member("subuser", subuser)
            output.member("goal", goal)
            output.member("auth", json: authJSON)
            output.member("protocol", proxyProtocol?.rawValue)
            output.member("mobile_operator", mobileOperator)
            output.member("rotation_seconds", rotationSeconds)
            output.member("promo_code", promoCode)
            output.member("vendor", vendor.text)
            output.member("max_total", maxTotal?.text)
            output.member("allow_unknown_price", json: allowUnknownPrice ? true : nil)
            guard withMetadata, !metadata.isEmpty else { return }
            output.name("metadata")
            output.labels(metadata)
        }
    }

    /// SHA-256 of the normal form, in hexadecimal: equal for requests that mean the same.
    public var fingerprint: String {
        SHA256.hash(data: normalForm).map { byte in
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
        guard let request, reader.faults.isEmpty else {
            throw InvalidRequest(faults: reader.faults, draft: request)
        }
        self = request
    }
}

extension JSONOutput {
    /// Writes labels as an object of texts.
    public mutating func labels(_ labels: [OrderRequest.Label]) {
        object { output in
            for label in labels {
                output.name(escaping: label.name)
                output.string(label.value)
            }
        }
    }
}

import Purchasing

/// What the vendor sells (/api-reference/create-an-order): IPv4, IPv6, mobile and ISP addresses by the day.
struct LegacyOffer: Sendable {
    /// The vendor's name in the configuration.
    let vendor: String
    let defaultGoal: String?

    /// Everything about a request that cannot be honoured.
    func objections(to request: OrderRequest) -> [Fault] {
        guard LegacyProxyType(request.shape) != nil else {
            return [fault("product", "not_supported", "sells ipv4, ipv6, mobile by IP and isp")]
        }
        return unsupported(request) + needed(request)
    }

    /// The fields that would have to be dropped.
    private func unsupported(_ request: OrderRequest) -> [Fault] {
        let fields = [
            ("city", request.city != nil), ("asn", request.asn != nil), ("subuser", request.subuser != nil),
            ("gb", request.gb != nil), ("protocol", request.proxyProtocol != nil && request.shape != .ipv6),
            ("mobile_operator", request.mobileOperator != nil && request.shape != .mobileByIP),
            ("rotation_seconds", request.rotationSeconds != nil && request.shape != .mobileByIP),
        ]
        return fields.filter(\.1).map { name, _ in
            fault(name, "not_supported", "cannot honour \(name) for \(request.shape.words)")
        }
    }

    /// The fields that the vendor marks as required.
    private func needed(_ request: OrderRequest) -> [Fault] {
        var fields = [
            ("quantity", request.quantity != nil), ("months", request.rental != nil),
            ("country", request.country != nil), ("goal", (request.goal ?? defaultGoal) != nil),
        ]
        if request.shape == .ipv6 { fields.append(("protocol", request.proxyProtocol != nil)) }
        if request.shape == .mobileByIP {
            fields += [
                ("mobile_operator", request.mobileOperator != nil),
                ("rotation_seconds", request.rotationSeconds != nil),
            ]
        }
        return fields.filter { !$0.1 }.map { fault($0.0, "required", "needs \($0.0)") }
    }

    private func fault(_ name: String, _ code: String, _ detail: String) -> Fault {
        Fault(.pointer("/" + name), code, "\(vendor) \(detail)")
    }
}

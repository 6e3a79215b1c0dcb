import Purchasing

/// What HeloData sells (/api-reference/orders): traffic by the GB, and batches of ISP IPs by the month.
struct HeloDataOffer: Sendable {
    /// The vendor's name in the configuration.
    let vendor: String
    let prices: HeloDataSettings.Prices

    /// How many IPs one order may have (/api-reference/orders).
    static let quantities = 5...5000

    /// Everything about a request that cannot be honoured.
    func objections(to request: OrderRequest) -> [Fault] {
        switch request.shape {
        case .residential, .mobileByGB: unsupported(request) + needed("gb", request.gb)
        case .isp: unsupported(request) + rentalFaults(request)
        case .mobileByIP, .ipv4, .ipv6:
            [fault("product", "not_supported", "sells residential, mobile by GB and isp")]
        }
    }

    /// The price from the configuration: GB times price, or IPs times months times price.
    func price(of request: OrderRequest) -> Money? {
        switch request.shape {
        case .residential: bandwidthPrice(request.gb, prices.residentialGB)
        case .mobileByGB: bandwidthPrice(request.gb, prices.mobileGB)
        case .isp: ispPrice(request)
        case .mobileByIP, .ipv4, .ipv6: nil
        }
    }

    private func bandwidthPrice(_ gb: Millionths?, _ price: Millionths?) -> Money? {
        guard let gb, let price else { return nil }
        return price.times(gb).map { Money($0) }
    }

    private func ispPrice(_ request: OrderRequest) -> Money? {
        guard let quantity = request.quantity, let months = request.rental?.wholeMonths else { return nil }
        return prices.ispIPMonth?.times(quantity)?.times(months).map { Money($0) }
    }

    private func rentalFaults(_ request: OrderRequest) -> [Fault] {
        var faults = needed("quantity", request.quantity) + needed("country", request.country)
        if let quantity = request.quantity, !Self.quantities.contains(quantity) {
            faults.append(fault("quantity", "quantity_out_of_range", "sells 5 to 5000 IPs at once"))
        }
        switch request.rental {
        case nil: faults += needed("months", request.rental)
        case .months: break
        case .days(let days) where days > 0 && days.isMultiple(of: 30): break
        case .days: faults.append(fault("days", "days_not_whole_months", "rents by the month: a multiple of 30 days"))
        }
        return faults
    }

    /// The fields that would have to be dropped.
    private func unsupported(_ request: OrderRequest) -> [Fault] {
        var names: [(String, Bool)] = [
            ("promo_code", request.promoCode != nil), ("auth", request.auth != .login),
            ("protocol", request.proxyProtocol != nil), ("mobile_operator", request.mobileOperator != nil),
            ("rotation_seconds", request.rotationSeconds != nil),
        ]
        if request.shape == .isp {
            names.append(("gb", request.gb != nil))
        } else {
            names += [
                ("quantity", request.quantity != nil), ("months", request.rental != nil),
                ("country", request.country != nil), ("city", request.city != nil), ("asn", request.asn != nil),
                ("subuser", request.subuser != nil),
            ]
        }
        return names.filter(\.1).map { name, _ in
            fault(name, "not_supported", "cannot honour \(name) for \(request.shape.words)")
        }
    }

    private func needed(_ name: String, _ value: Any?) -> [Fault] {
        value == nil ? [fault(name, "required", "needs \(name)")] : []
    }

    private func fault(_ name: String, _ code: String, _ detail: String) -> Fault {
        Fault(.pointer("/" + name), code, "\(vendor) \(detail)")
    }
}

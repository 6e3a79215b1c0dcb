extension ReferenceLists {
    /// What of a request is on none of the lists. A list that was not told objects to nothing; promo codes are the quote's
    /// to judge, which says of each whether it is valid.
    func objections(to request: OrderRequest, vendor: String) -> [Fault] {
        var faults: [Fault] = []
        if let countries, let country = request.country, !countries.contains(country) {
            faults.append(
                RequestField.country.fault(
                    "country_not_offered", "\(vendor) does not sell \(request.shape.words) in \(country.alpha2) now"))
        }
        if let rentalDays, let rental = request.rental, !rentalDays.contains(rental.asDays) {
            let days = rentalDays.map(String.init).joined(separator: ", ")
            faults.append(
                Fault(
                    .pointer(rental.pointer), "rental_not_offered",
                    "\(vendor) rents \(request.shape.words) for \(days) days"))
        }
        if let mobileOperators, let name = request.mobileOperator {
            faults += Self.objections(to: name, request, among: mobileOperators, vendor: vendor)
        }
        return faults
    }

    private static func objections(
        to name: String, _ request: OrderRequest, among operators: [MobileOperator], vendor: String
    ) -> [Fault] {
        let known = operators.filter { $0.country == nil || request.country == nil || $0.country == request.country }
        guard let chosen = known.first(where: { $0.name == name }) else {
            let names = known.map(\.name).joined(separator: ", ")
            return [
                RequestField.mobileOperator.fault(
                    "mobile_operator_not_offered", "\(vendor) has the operators \(names.isEmpty ? "(none)" : names)")
            ]
        }
        guard let rotation = request.rotationSeconds, !chosen.rotationSeconds.isEmpty,
            !chosen.rotationSeconds.contains(rotation)
        else { return [] }
        let times = chosen.rotationSeconds.map(String.init).joined(separator: ", ")
        return [
            RequestField.rotationSeconds.fault(
                "rotation_not_offered", "\(vendor) changes \(name)'s IPs every \(times) seconds")
        ]
    }
}

extension RentalTime {
    /// Where in the body it was said.
    var pointer: String {
        switch self {
        case .months: "/months"
        case .days: "/days"
        }
    }
}

/// Which rows of a vendor's stock are sums of others that tell their prices. Pure; takes time as there are rows.
///
/// A row that tells how much there is of a whole, and no price, is no stock of its own where the rows of its parts tell
/// theirs and add up to it; nor is any other row within that whole.
struct StockSums {
    fileprivate struct Place: Hashable {
        let city: String?
        let asn: Int?
    }

    /// The parts of a whole that name the same things: each another place, so that they do not overlap.
    private struct Division: Hashable {
        let whole: Place
        let namesCity: Bool
        let namesNetwork: Bool
    }

    fileprivate struct Parts {
        var places: Set<Place> = []
        var sum = 0
        var areTold = true
    }

    /// The wholes whose parts add up to them, and how much there is of each.
    private let covered: [Place: Int]

    init(of rows: [InventoryRow]) {
        var divisions: [Division: Parts] = [:]
        var wholes: [Place: Int] = [:]
        for row in rows {
            let place = Place(city: row.city, asn: row.asn)
            // One that tells neither how much there is nor a price may be more than any sum.
            let available = row.available ?? (row.price == nil ? .max : 0)
            wholes[place] = max(wholes[place] ?? 0, available)
            for whole in Self.wholes(of: place) where whole != place {
                let division = Division(whole: whole, namesCity: row.city != nil, namesNetwork: row.asn != nil)
                divisions[division, default: Parts()].add(row, at: place)
            }
        }
        var covered: [Place: Int] = [:]
        for (division, parts) in divisions {
            guard let available = wholes[division.whole], parts.areTold, parts.sum >= available else { continue }
            covered[division.whole] = available
        }
        self.covered = covered
    }

    /// Whether everything that a row stands for has a told price in other rows.
    func cover(_ row: InventoryRow) -> Bool {
        Self.wholes(of: Place(city: row.city, asn: row.asn)).contains { whole in
            covered[whole].map { $0 >= row.available ?? 0 } ?? false
        }
    }

    /// A place and what encloses it.
    private static func wholes(of place: Place) -> Set<Place> {
        [place, Place(city: place.city, asn: nil), Place(city: nil, asn: place.asn), Place(city: nil, asn: nil)]
    }
}

extension StockSums.Parts {
    fileprivate mutating func add(_ row: InventoryRow, at place: StockSums.Place) {
        // A place that is told twice would be counted twice.
        let isNew = places.insert(place).inserted
        areTold = areTold && isNew && row.price != nil
        sum = sum.addingReportingOverflow(row.available ?? 0).partialValue
    }
}

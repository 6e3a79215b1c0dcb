import ExactJSON

extension VendorReading {
    /// About how many bytes it takes in memory.
    var estimatedBytes: Int {
        switch self {
        case .stock(let rows): rows.reduce(0) { $0 + $1.estimatedBytes }
        case .lists(let lists): lists.estimatedBytes
        case .account: MemoryLayout<VendorAccount>.stride
        }
    }
}

extension InventoryRow {
    fileprivate var estimatedBytes: Int {
        let texts = (city?.outOfLineBytes ?? 0) + (mobileOperator?.outOfLineBytes ?? 0)
        let numbers = (rentalDays.count + rotationSeconds.count) * MemoryLayout<Int>.stride
        return MemoryLayout<InventoryRow>.stride + texts + numbers + (details?.estimatedBytes ?? 0)
    }
}

extension ReferenceLists {
    fileprivate var estimatedBytes: Int {
        let operators = (mobileOperators ?? []).reduce(0) { sum, one in
            sum + MemoryLayout<MobileOperator>.stride + one.name.outOfLineBytes
                + one.rotationSeconds.count * MemoryLayout<Int>.stride
        }
        let codes = (promoCodes ?? []).reduce(0) { $0 + MemoryLayout<PromoCode>.stride + $1.code.outOfLineBytes }
        return MemoryLayout<ReferenceLists>.stride + (countries ?? []).count * MemoryLayout<Country>.stride
            + (rentalDays ?? []).count * MemoryLayout<Int>.stride + operators + codes
    }
}

extension JSON {
    fileprivate var estimatedBytes: Int {
        let own = MemoryLayout<JSON>.stride
        switch self {
        case .null, .bool: return own
        case .number(let number): return own + number.literal.outOfLineBytes
        case .string(let text): return own + text.outOfLineBytes
        case .array(let elements): return elements.reduce(own + 32) { $0 + $1.estimatedBytes }
        case .object(let members):
            // Names, values and the hash table that leads to them.
            return members.reduce(own + 96) { $0 + 32 + $1.key.outOfLineBytes + $1.value.estimatedBytes }
        }
    }
}

extension String {
    /// What a text takes beside itself; up to 15 bytes fit into it.
    fileprivate var outOfLineBytes: Int { utf8.count > 15 ? utf8.count + 32 : 0 }
}

/// `GET ipAddress[?proxyType=]`: per-order objects, grouped by type, with a record for each address.
///
/// No page of this call can be read. The nesting and the names of a record's members are those that a reseller's client
/// (`caffemmo/website-ban-tainguyen`, `libs/youproxy.php`) looks for, spelled as it prefers; `ipAddresses` is assumed,
/// and so is the documented spelling of the types as group keys.
struct LegacyIPList {
    let state: LegacyState
    let now: SandboxTime

    func json(_ wanted: LegacyProxyType?) -> SandboxJSON {
        let types = wanted.map { [$0] } ?? LegacyProxyType.allCases
        let groups = types.map { type in
            let goods = state.goods.indices.filter { state.goods[$0].order.terms.type == type }
            return SandboxJSON.Member(type.rawValue, .array(goods.flatMap(orderObjects)))
        }
        return .object([.init("success", true)] + groups + [.init("error", .null)])
    }

    /// One object for each `orderId`; none while no address is there.
    private func orderObjects(of index: Int) -> [SandboxJSON] {
        let goods = state.goods[index]
        return (0..<goods.groups).compactMap { group in
            let spots = goods.indices(ofGroup: group).map { LegacySpot(goods: index, index: $0) }
            let records = spots.filter { state.isListed($0, at: now) }.map { record($0, of: goods) }
            return records.isEmpty
                ? nil : orderObject(of: goods, orderID: state.ids.digits(goods.orderID + group), records)
        }
    }

    private func orderObject(of goods: LegacyGoods, orderID: String, _ records: [SandboxJSON]) -> SandboxJSON {
        var object = JSONObject()
        object.add("orderId", .string(orderID))
        if state.settings.listCarriesOrderNumber { object.add("orderNumber", .string(goods.orderNumber)) }
        object.add("ipAddresses", .array(records))
        return object.json
    }

    private func record(_ spot: LegacySpot, of goods: LegacyGoods) -> SandboxJSON {
        let terms = goods.order.terms
        let number = goods.firstAddress + spot.index
        let rent = goods.rents[spot.index]
        var object = JSONObject()
        object.add("ipAddressId", .string(state.addressID(spot)))
        object.add("ipAddressIp", .string(address(number, terms.type)))
        object.add("orderId", .string(state.orderID(spot)))
        object.add("country", .string(terms.country))
        object.add("proxyType", .string(terms.type.rawValue))
        object.add("dateStart", .string(goods.soldAt.millisecondsText))
        object.add("dateEnd", .string(rent.endsAt.millisecondsText))
        object.add("httpsPort", "8080")
        object.add("socks5Port", "1080")
        object.add("protocol", goods.order.protocol)
        if terms.type == .mobile { addMobile(terms, number, to: &object) }
        object.add("authInfo", authInfo(of: goods))
        object.add(
            "extendInfo",
            ["autoExtend": .bool(rent.autoExtendDays != nil), "extendDays": .optional(rent.autoExtendDays)])
        return object.json
    }

    private func addMobile(_ terms: LegacyTerms, _ number: Int, to object: inout JSONObject) {
        object.add("mobileOperator", terms.operatorTag)
        object.add("rotationTime", terms.rotationTime)
        object.add("rebootLink", .string("https://sandbox.invalid/reboot/\(state.ids.digits(number))"))
    }

    /// Login and password; null where an address, not a login, opens the proxies (assumed).
    private func authInfo(of goods: LegacyGoods) -> SandboxJSON {
        guard goods.order.authorization == .login else { return .null }
        let tail = state.ids.digits(goods.orderID).suffix(6)
        return ["login": .string("user\(tail)"), "password": .string("pass\(tail)")]
    }

    private func address(_ number: Int, _ type: LegacyProxyType) -> String {
        guard type == .ipv6 else { return SandboxIDs.address(number, upperHalf: true) }
        return "2001:db8:\(String(number >> 16 & 0xFFFF, radix: 16))::\(String(number & 0xFFFF, radix: 16))"
    }
}

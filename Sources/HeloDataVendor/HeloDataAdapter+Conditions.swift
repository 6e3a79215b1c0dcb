public import Purchasing
import VendorHTTP

/// Reading a batch as it stands: what an action is judged by, and what a buyer sees.
extension HeloDataAdapter {
    public func condition(for call: ActionCall) async throws(VendorError) -> GoodsCondition {
        guard let batchID = call.sale.batchID, let id = VendorPathComponent(token: batchID) else {
            throw .refused(code: "no_batch", message: nil)
        }
        switch call.task {
        case .renew:
            var condition = try await batchCondition(of: batchID)
            if condition.isThere { condition.balance = try await account().balance }
            return condition
        case .release: return try await batchCondition(of: batchID)
        case .refresh: return try await ipCondition(of: id)
        case .replace(let ip, _):
            var condition = try await ipCondition(of: id, holding: ip)
            if condition.isThere { condition.balance = try await account().balance }
            return condition
        case .rotatePassword: return try await loginCondition(of: call.sale)
        case .allow(let address, _): return try await whitelistCondition(of: batchID, address)
        case .disallow: return try await whitelistCondition(of: batchID)
        case .autoRenew: throw .refused(code: "not_offered", message: nil)
        }
    }

    public func goods(_ id: String) async throws(VendorError) -> Goods? {
        try await batch(id).map(mapping.goods)
    }

    public func whitelist(ofBatch id: String) async throws(VendorError) -> [WhitelistEntry]? {
        guard let id = VendorPathComponent(token: id) else { return nil }
        let redaction = mapping.redaction
        return try await elements(of: endpoints.whitelist(of: id), "whitelist") { json in
            WhitelistEntry(json, redaction: redaction)
        }
    }

    /// One batch; nil when the vendor does not show it.
    private func batch(_ id: String) async throws(VendorError) -> HeloDataBatch? {
        guard let path = VendorPathComponent(token: id), let answer = try await readIfThere(endpoints.batch(path))
        else { return nil }
        guard let batch = HeloDataBatch.asked(id, inside: answer) else { throw .unreadable("batch") }
        return batch
    }

    private func batchCondition(of id: String) async throws(VendorError) -> GoodsCondition {
        guard let batch = try await batch(id), !batch.isReleased else { return GoodsCondition(isThere: false) }
        var condition = GoodsCondition(isThere: true)
        condition.expiresAt = batch.expiresAt
        condition.count = batch.quantity
        return condition
    }

    /// - Parameter ip: the id of an IP that may be among them.
    private func ipCondition(
        of id: VendorPathComponent, holding ip: String? = nil
    ) async throws(VendorError) -> GoodsCondition {
        guard let ips = try await ips(of: id) else { return GoodsCondition(isThere: false) }
        let addresses = Set(ips.map(\.address))
        var condition = GoodsCondition(isThere: true)
        condition.count = addresses.count
        condition.ips = HeloDataDigest.ips(addresses)
        if condition.ips != nil { condition.marks = GoodsCondition.marks(of: addresses) }
        condition.holdsIP = ip.flatMap { Self.holds($0, ips) }
        return condition
    }

    /// Whether an IP is among others: by the ids that they carry, or by its address where it is called by that; nil when
    /// neither can tell, or when there are none at all.
    private static func holds(_ ip: String, _ ips: [HeloDataIP]) -> Bool? {
        if ips.contains(where: { $0.id == ip || $0.address == ip }) { return true }
        let isTold = HeloDataNetwork(ip) != nil || ips.allSatisfy { $0.id != nil }
        return isTold && !ips.isEmpty ? false : nil
    }

    /// The credentials are read as a buyer reads them, and kept as a few bits of a digest.
    private func loginCondition(of sale: Sale) async throws(VendorError) -> GoodsCondition {
        guard let list = try await proxies(of: sale) else { return GoodsCondition(isThere: false) }
        var addresses = 0
        var logins: Set<ProxyLogin> = []
        var proxies = list.makeAsyncIterator()
        while let piece = try await proxies.next() {
            addresses += piece.count
            logins.formUnion(piece.compactMap(\.login))
        }
        var condition = GoodsCondition(isThere: true)
        condition.count = addresses
        condition.credentials = HeloDataDigest.credentials(logins)
        return condition
    }

    /// - Parameter address: one that is looked for; where the list has the same network in another spelling, it is told in
    ///   this one.
    private func whitelistCondition(
        of id: String, _ address: String? = nil
    ) async throws(VendorError) -> GoodsCondition {
        guard let entries = try await whitelist(ofBatch: id) else { return GoodsCondition(isThere: false) }
        let wanted = address.flatMap { address in HeloDataNetwork(address).map { (network: $0, address: address) } }
        var condition = GoodsCondition(isThere: true)
        condition.allowed = entries.map { entry in
            guard let network = HeloDataNetwork(entry.address) else { return entry.address }
            if let wanted, wanted.network == network { return wanted.address }
            return network.text
        }
        condition.allowedEntries = entries.map(\.id)
        return condition
    }
}

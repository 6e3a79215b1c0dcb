/// A batch's whitelist: `GET` and `POST /isp/batches/{id}/whitelist`, `DELETE …/whitelist/{entry}`
/// (`/api-reference/whitelists`). Of the bodies, only `ip` and `label` can be guessed at; what is answered is assumed.
extension HeloDataState {
    func whitelist(of id: String, at now: SandboxTime) throws(HeloDataRefusal) -> SandboxAnswer {
        let index = try changeable(id, whenNew: true, inGrace: true, at: now)
        return .json(["data": .array(batches[index].whitelist.map(\.json)), "next_cursor": .null])
    }

    /// 50 entries, IPv4 ranges no wider than /24 and IPv6 ones no wider than /64
    /// (`/helodata-zh/kong-zhi-tai/whitelisting-ips`). That the same text is refused the second time is assumed.
    mutating func addToWhitelist(
        of id: String, _ body: SandboxJSON, in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        let index = try changeable(id, whenNew: true, inGrace: true, at: now)
        let label = body["label"] ?? .null
        guard label == .null || label.string != nil else { throw .invalid("label must be a string") }
        guard let ip = body["ip"]?.string, HeloDataWhitelistEntry.isAllowed(ip) else {
            throw .invalid("ip must be an address, or a range no wider than /24 (IPv4) or /64 (IPv6)")
        }
        guard !batches[index].whitelist.contains(where: { $0.ip == ip }) else { throw .whitelistDuplicate }
        guard batches[index].whitelist.count < settings.whitelistLimit else { throw .whitelistFull }
        let entry = HeloDataWhitelistEntry(
            id: ids.ulid("wl_", ids.next()), ip: ip, label: label.string, createdAt: now)
        batches[index].whitelist.append(entry)
        note(.whitelistAdd, of: index, count: 0, items: [entry.id], in: exchange, at: now)
        return told(entry.json, status: 201)
    }

    mutating func removeFromWhitelist(
        of id: String, entry: String, in exchange: Exchange, at now: SandboxTime
    ) throws(HeloDataRefusal) -> SandboxAnswer {
        let index = try changeable(id, whenNew: true, inGrace: true, at: now)
        guard let position = batches[index].whitelist.firstIndex(where: { $0.id == entry }) else { throw .notFound }
        batches[index].whitelist.remove(at: position)
        note(.whitelistRemove, of: index, count: 0, items: [entry], in: exchange, at: now)
        return .noContent
    }
}

import NIOCore

/// An address, or a range of them, that may use a batch without a password.
struct HeloDataWhitelistEntry: Sendable {
    /// The widest range of IPv4 addresses, and of IPv6 addresses (`/helodata-zh/kong-zhi-tai/whitelisting-ips`).
    static let widest = (ipv4: 24, ipv6: 64)

    /// `wl_…`, as in the samples of `/api-reference/whitelists`.
    let id: String
    /// As it was sent: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/64`.
    let ip: String
    let label: String?
    let createdAt: SandboxTime

    /// Whether a text is an IPv4 or IPv6 address, alone or with a prefix length that is not too wide.
    static func isAllowed(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = try? SocketAddress(ipAddress: String(parts[0]), port: 0) else { return false }
        let (widest, narrowest) =
            switch address {
            case .v4: (widest.ipv4, 32)
            case .v6: (widest.ipv6, 128)
            case .unixDomainSocket: (1, 0)
            }
        guard parts.count == 2 else { return narrowest > 0 }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]) else { return false }
        return length >= widest && length <= narrowest
    }
}

extension HeloDataWhitelistEntry {
    /// The names are assumed, after `/api-reference/whitelists`.
    var json: SandboxJSON {
        [
            "id": .string(id), "ip": .string(ip), "label": .optional(label),
            "created_at": .string(createdAt.secondsText),
        ]
    }
}

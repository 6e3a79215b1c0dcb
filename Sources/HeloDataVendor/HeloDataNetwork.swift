#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An address, or a network of them, as a whitelist may spell it: `203.0.113.7`, `203.0.113.7/32` and, for its network,
/// `203.0.113.0/24`.
struct HeloDataNetwork: Sendable, Hashable {
    /// 4 or 16 bytes, without what stands behind the prefix.
    private let bytes: [UInt8]
    /// How many bits all of its addresses share.
    let prefix: Int

    var isIPv6: Bool { bytes.count == 16 }

    /// Nil when the text is no address and no network.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.utf8.count <= 49, let address = parts.first, let bytes = Self.bytes(of: String(address)) else {
            return nil
        }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
                let told = Int(parts[1]), told <= prefix
            else { return nil }
            prefix = told
        }
        self.prefix = prefix
        self.bytes = bytes.enumerated().map { index, byte in
            byte & ~(UInt8.max >> UInt8(max(0, min(8, prefix - index * 8))))
        }
    }

    /// The normal form: a single address has no prefix.
    var text: String {
        var bytes = bytes
        var form = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(isIPv6 ? AF_INET6 : AF_INET, &bytes, &form, socklen_t(form.count))
        let address = String(decoding: form.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return prefix == bytes.count * 8 ? address : "\(address)/\(prefix)"
    }

    private static func bytes(of address: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, address, &bytes) == 1 { return bytes }
        }
        return nil
    }
}

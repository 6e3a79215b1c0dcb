#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Text forms of IP addresses.
enum IPAddress {
    /// The normal text form of an IPv4 (dotted quad) or IPv6 address; nil when the text is neither.
    static func normalForm(of text: String) -> String? {
        guard text.utf8.count <= 45 else { return nil }
        for family in [AF_INET, AF_INET6] {
            var address = in6_addr()
            guard inet_pton(family, text, &address) == 1 else { continue }
            var form = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(family, &address, &form, socklen_t(form.count)) != nil else { return nil }
            return String(decoding: form.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return nil
    }

    /// The bytes of an address in the order of the network: 4 or 16; nil when the text is no address.
    static func bytes(of text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var address = in6_addr()
            guard inet_pton(family, text, &address) == 1 else { continue }
            return withUnsafeBytes(of: &address) { Array($0.prefix(count)) }
        }
        return nil
    }
}

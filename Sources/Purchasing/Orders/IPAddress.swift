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
}

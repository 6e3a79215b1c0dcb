public import Purchasing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the addresses of a name, as the system does.
public enum HostResolver {
    /// What finds the addresses of a name.
    public typealias Resolve = @Sendable (String) async throws(WebhookFailure) -> [NetworkAddress]

    /// How many names are looked up at once. The system may take half a minute over one.
    static let threads = 8

    private static let lookups = HostLookups(threads: threads) { (name: String) throws(WebhookFailure) in
        try addresses(of: name)
    }

    /// Asks the system, on one of a few threads that nothing else needs.
    /// - Throws: `WebhookFailure.nameNotResolved`; `.addressNotAllowed` for an address of this link alone.
    @Sendable public static func system(_ name: String) async throws(WebhookFailure) -> [NetworkAddress] {
        try await lookups.addresses(of: name)
    }

    private static func addresses(of name: String) throws(WebhookFailure) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Self.stream
        hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { throw .nameNotResolved }
        defer { freeaddrinfo(first) }
        var found: [NetworkAddress] = []
        var next = first
        while let info = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                info.pointee.ai_addr, info.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            // An address with a zone is of this link alone, and cannot be read as one.
            let address = NetworkAddress(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
            guard status == 0, let address else { throw .addressNotAllowed }
            found.append(address)
            next = info.pointee.ai_next
        }
        return found
    }

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif
}

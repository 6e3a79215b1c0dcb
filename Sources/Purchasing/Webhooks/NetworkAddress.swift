/// An IPv4 or IPv6 address, and where it leads.
public struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes in the order of the network.
    public let bytes: [UInt8]
    /// The normal text form: `203.0.113.7`, `2001:db8::7`.
    public let text: String

    public var description: String { text }

    /// Reads the text of an address: four decimal numbers, or what RFC 4291 writes. No octal, hexadecimal or short form of
    /// IPv4, and no zone.
    public init?(_ text: String) {
        guard let bytes = IPAddress.bytes(of: text), let normal = IPAddress.normalForm(of: text) else { return nil }
        self.bytes = bytes
        self.text = normal
    }

    /// Where an address leads.
    public enum Reach: Sendable, Hashable {
        /// The internet.
        case everywhere
        /// This machine, or a private network.
        case inside
        /// A place where no receiver is: links and clouds' metadata, multicast, nowhere, addresses for documents, and
        /// tunnels that hide another address.
        case nowhere
    }

    /// Where the address leads, by IANA's registries of special addresses (RFC 6890 and what it has become since), and by
    /// the addresses at which clouds answer with credentials.
    public var reach: Reach {
        if let inner { return inner.reach }
        if Self.metadata.contains(text) { return .nowhere }
        let rules = bytes.count == 4 ? Self.rules4 : Self.rules6
        return rules.first { $0.holds(bytes) }?.reach ?? (bytes.count == 4 ? .everywhere : .nowhere)
    }

    /// Whether it is an IPv4 address written as IPv6 (`::ffff:127.0.0.1`).
    public var isMapped: Bool {
        bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11] == [255, 255]
    }

    /// The IPv4 address that this one is another way to: mapped, or by NAT64 (`64:ff9b::/96`).
    private var inner: NetworkAddress? {
        guard bytes.count == 16 else { return nil }
        let isTranslated = Array(bytes[..<12]) == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        guard isMapped || isTranslated else { return nil }
        return NetworkAddress(bytes[12..<16].map(String.init).joined(separator: "."))
    }

    /// Where clouds keep credentials for whoever asks, outside the ranges below: Azure, Alibaba, AWS, Google.
    private static let metadata: Set<String> = ["168.63.129.16", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254"]

    private struct Rule {
        let prefix: [UInt8]
        let length: Int
        let reach: Reach

        init(_ text: String, _ reach: Reach) {
            let parts = text.split(separator: "/")
            prefix = NetworkAddress(String(parts[0]))?.bytes ?? []
            length = Int(parts[1]) ?? 0
            self.reach = reach
        }

        func holds(_ bytes: [UInt8]) -> Bool {
            guard prefix.count == bytes.count else { return false }
            return zip(prefix, bytes).enumerated().allSatisfy { index, pair in
                let bits = min(8, max(0, length - index * 8))
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
                return pair.0 & mask == pair.1 & mask
            }
        }
    }

    private static let rules4 =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10"].map { Rule($0, .inside) }
        + [
            "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ].map { Rule($0, .nowhere) }

    private static let rules6 =
        ["::1/128", "fc00::/7"].map { Rule($0, .inside) }
        // Tunnels are 2001::/32 (Teredo, in the first) and 2002::/16 (6to4): whatever they lead to has its own address.
        + ["2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20"].map { Rule($0, .nowhere) }
        + [Rule("2000::/3", .everywhere)]
}

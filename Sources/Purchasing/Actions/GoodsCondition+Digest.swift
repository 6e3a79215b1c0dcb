import Crypto

extension GoodsCondition {
    /// What `ips` has for these addresses: SHA-256 over them, sorted and one a line, in hexadecimal.
    public static func digest(of addresses: [String]) -> String {
        SHA256.hash(data: Array(addresses.sorted().joined(separator: "\n").utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// What `marks` has for these addresses: the first four bytes of SHA-256 over each, the 64 lowest of them. Of two lists
    /// that have addresses in common, these have some in common too, unless what they share is next to nothing.
    public static func marks(of addresses: some Sequence<String>) -> [Int] {
        let all = addresses.map { SHA256.hash(data: Array($0.utf8)).prefix(4).reduce(0) { $0 << 8 | Int($1) } }
        return Array(Set(all).sorted().prefix(64))
    }
}

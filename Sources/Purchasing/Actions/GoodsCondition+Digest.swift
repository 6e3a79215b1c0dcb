import Crypto

extension GoodsCondition {
    /// What `ips` has for these addresses: SHA-256 over them, sorted and one a line, in hexadecimal.
    public static func digest(of addresses: [String]) -> String {
        SHA256.hash(data: Array(addresses.sorted().joined(separator: "\n").utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

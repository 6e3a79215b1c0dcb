import Crypto
import Purchasing

/// Digests by which it can be seen that goods have changed, and no more.
enum HeloDataDigest {
    /// SHA-256 over the addresses in hexadecimal, whatever their order; nil where there are none, since a list of nothing
    /// may as well be one that is not ready.
    static func ips(_ addresses: Set<String>) -> String? {
        guard !addresses.isEmpty else { return nil }
        return digest(addresses).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// 16 bits of a digest of the logins: a password can never be found out from them. Nil where there are none.
    static func credentials(_ logins: Set<ProxyLogin>) -> Int? {
        guard !logins.isEmpty else { return nil }
        let pairs = Set(logins.map { $0.user.revealed + ":" + $0.password.revealed })
        return digest(pairs).prefix(2).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func digest(_ texts: Set<String>) -> SHA256.Digest {
        var hash = SHA256()
        for text in texts.sorted() { hash.update(data: Array((text + "\n").utf8)) }
        return hash.finalize()
    }
}

import ExactJSON
import Purchasing
import VendorHTTP

extension LegacyRecord {
    /// The IP with its credentials, for its buyer; nil when it cannot be read. The names are those that a reseller's client
    /// looks for: `httpsPort` or `port`, `socks5Port`, and `authInfo {login, password}`, which is null where the user's own
    /// address opens the proxy.
    ///
    /// A record that says which protocol was ordered (IPv6) speaks no other, whatever ports it has.
    var proxy: BoughtProxy? {
        guard let address else { return nil }
        let login = field("authInfo") ?? .null
        guard login.isNull || login.object != nil, let user = Self.text(login["login"]),
            let password = Self.text(login["password"])
        else { return nil }
        let ports: [JSON?] = [
            json.first(of: "httpsPort", "httpPort"), json.first(of: "socks5Port", "socksPort"), json.first(of: "port"),
        ]
        // A port that stands there and is none makes the record unreadable.
        guard ports.compactMap(\.self).allSatisfy({ Self.port($0) != nil }) else { return nil }
        let told = ports.map { $0.flatMap(Self.port) }
        let http = told[0] ?? (told[1] == nil || proxyProtocol == .http ? told[2] : nil)
        let socks = told[1] ?? (proxyProtocol == .socks ? told[2] : nil)
        return BoughtProxy(
            ip: address, httpPort: saysProtocol(.socks) ? nil : http, socks5Port: saysProtocol(.http) ? nil : socks,
            user: user, password: password, country: country, city: json["city"]?.string, expiresAt: endsAt)
    }

    /// Whether the record says that it speaks one protocol; what follows from its ports alone does not count.
    private func saysProtocol(_ one: ProxyProtocol) -> Bool { field("protocol") != nil && proxyProtocol == one }

    /// A member of the record, or of the order around it.
    private func field(_ name: String) -> JSON? { json.first(of: name) ?? order?.first(of: name) }

    /// A text, or the digits of a number; empty where nothing stands, nil where anything else does.
    private static func text(_ json: JSON?) -> String? {
        switch json {
        case nil, .null: ""
        case .string(let text): text
        case .number(let number): number.literal
        case .bool, .array, .object: nil
        }
    }

    /// A port, as a number or as text with one.
    private static func port(_ json: JSON) -> Int? { json.int ?? json.string.flatMap { RetryAfter.wholeNumber($0) } }
}

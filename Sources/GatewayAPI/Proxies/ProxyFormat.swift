import ExactJSON
import Foundation
import Purchasing

/// A form in which a list of proxies is told; the raw value is the one of `?format=`.
enum ProxyFormat: String, CaseIterable, Sendable {
    case json, plain, csv, uri

    /// A proxy does not speak the protocol that was asked for.
    struct NotSpoken: Error {}

    var media: MediaType {
        switch self {
        case .json: .json
        case .plain: .plain
        case .csv: .csv
        case .uri: .uriList
        }
    }

    /// Whether one port stands for a proxy, rather than all that it has.
    var namesOnePort: Bool {
        switch self {
        case .json, .csv: false
        case .plain, .uri: true
        }
    }

    /// What stands before the first proxy.
    var opening: String {
        switch self {
        case .json: #"{"data":["#
        case .csv: "ip,http_port,socks5_port,user,password,country,city,asn,expires_at\r\n"
        case .plain, .uri: ""
        }
    }

    /// What stands between two proxies.
    var separator: String {
        switch self {
        case .json: ","
        case .plain, .csv, .uri: ""
        }
    }

    /// What stands behind the last proxy.
    var closing: String {
        switch self {
        case .json: #"],"next_cursor":null}"#
        case .plain, .csv, .uri: ""
        }
    }

    /// A proxy in this form.
    /// - Parameters:
    ///   - scheme: what it is to be spoken to in, in forms that name one port; nil for HTTP where it speaks that, else
    ///     SOCKS5.
    ///   - expiry: when its order lapses; what the vendor says of this IP goes before.
    func text(of proxy: BoughtProxy, speaking scheme: BoughtProxy.Scheme?, expiry: Date?) throws(NotSpoken) -> String {
        switch self {
        case .json: return Self.json(proxy, expiry: expiry).text
        case .csv: return Self.row(proxy, expiry: expiry)
        case .plain:
            let (_, port) = try Self.port(of: proxy, for: scheme)
            let login = proxy.login.map { ":\($0.user.revealed):\($0.password.revealed)" } ?? ""
            return "\(proxy.host):\(port)\(login)\n"
        case .uri:
            let (spoken, port) = try Self.port(of: proxy, for: scheme)
            let login = proxy.login.map { "\($0.user.revealed.percentEncoded):\($0.password.revealed.percentEncoded)@" }
            return "\(spoken.rawValue)://\(login ?? "")\(proxy.host):\(port)\n"
        }
    }

    private static func port(
        of proxy: BoughtProxy, for scheme: BoughtProxy.Scheme?
    ) throws(NotSpoken) -> (BoughtProxy.Scheme, Int) {
        for candidate in scheme.map({ [$0] }) ?? BoughtProxy.Scheme.allCases {
            if let port = proxy.port(for: candidate) { return (candidate, port) }
        }
        throw NotSpoken()
    }

    private static func json(_ proxy: BoughtProxy, expiry: Date?) -> JSON {
        let spoken = BoughtProxy.Scheme.allCases.filter { proxy.port(for: $0) != nil }
        return [
            "ip": .string(proxy.ip),
            "ports": ["http": .optional(proxy.httpPort), "socks5": .optional(proxy.socks5Port)],
            "protocols": .array(spoken.map { .string($0.rawValue) }),
            "user": .optional(proxy.login?.user.revealed), "password": .optional(proxy.login?.password.revealed),
            "country": .optional(proxy.country?.alpha2), "city": .optional(proxy.city), "asn": .optional(proxy.asn),
            "expires_at": .optional((proxy.expiresAt ?? expiry)?.rfc3339),
        ]
    }

    private static func row(_ proxy: BoughtProxy, expiry: Date?) -> String {
        let cells: [String?] = [
            proxy.ip, proxy.httpPort.map(String.init), proxy.socks5Port.map(String.init), proxy.login?.user.revealed,
            proxy.login?.password.revealed, proxy.country?.alpha2, proxy.city, proxy.asn.map(String.init),
            (proxy.expiresAt ?? expiry)?.rfc3339,
        ]
        return CSV.row(cells)
    }
}

extension BoughtProxy {
    /// The address as it stands before a port.
    fileprivate var host: String { isIPv6 ? "[\(ip)]" : ip }
}

extension String {
    /// The text with everything but unreserved characters (RFC 3986, 2.3) percent-encoded.
    fileprivate var percentEncoded: String {
        utf8.map { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

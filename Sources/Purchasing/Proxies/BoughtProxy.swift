public import Foundation

/// One IP that was bought, as its user needs it. It is on its way from a vendor to its buyer, and kept nowhere.
public struct BoughtProxy: Sendable, Hashable {
    /// The address in the normal text form of its family.
    public let ip: String
    /// Where it speaks HTTP, `CONNECT` included; nil where it does not.
    public let httpPort: Int?
    /// Where it speaks SOCKS5; nil where it does not.
    public let socks5Port: Int?
    /// Nil where the user is known by their own address.
    public let login: ProxyLogin?
    public let country: Country?
    /// In the vendor's spelling: `New York`.
    public let city: String?
    public let asn: Int?
    /// When it lapses, where the vendor says so for this IP.
    public let expiresAt: Date?

    /// - Parameter city: one that is no short text is left out.
    /// - Returns: nil when a client could not use it: no IP address, no port from 1 to 65535, or half a login.
    public init?(
        ip: String, httpPort: Int?, socks5Port: Int?, user: String?, password: String?, country: Country? = nil,
        city: String? = nil, asn: Int? = nil, expiresAt: Date? = nil
    ) {
        guard let address = IPAddress.normalForm(of: ip) else { return nil }
        let ports = [httpPort, socks5Port].compactMap(\.self)
        guard !ports.isEmpty, ports.allSatisfy({ (1...65_535).contains($0) }) else { return nil }
        switch (user ?? "", password ?? "") {
        case ("", ""): login = nil
        case (let user, let password):
            guard let login = ProxyLogin(user: user, password: password) else { return nil }
            self.login = login
        }
        self.ip = address
        self.httpPort = httpPort
        self.socks5Port = socks5Port
        self.country = country
        self.city = city.flatMap { (1...128).contains($0.utf8.count) && $0.isPrintable ? $0 : nil }
        self.asn = asn
        self.expiresAt = expiresAt
    }

    /// Whether the address is an IPv6 one, which URIs and `ip:port` write in brackets.
    public var isIPv6: Bool { ip.contains(":") }

    /// What a proxy speaks.
    public enum Scheme: String, Sendable, Hashable, CaseIterable {
        case http, socks5
    }

    /// Where it speaks a scheme; nil where it does not.
    public func port(for scheme: Scheme) -> Int? {
        switch scheme {
        case .http: httpPort
        case .socks5: socks5Port
        }
    }
}

/// User and password of a bought proxy. However it is printed it tells neither.
public struct ProxyLogin: Sendable, Hashable {
    public let user: Secret
    public let password: Secret

    /// - Returns: nil when they cannot be sent to a proxy: 1 to 255 bytes each (RFC 1929, 2) without control characters,
    ///   and no colon in the user (RFC 7617, 2).
    public init?(user: String, password: String) {
        let isFit = { (text: String) in (1...255).contains(text.utf8.count) && text.isPrintable }
        guard isFit(user), isFit(password), !user.contains(":") else { return nil }
        self.user = Secret(user)
        self.password = Secret(password)
    }
}

extension String {
    /// Whether no control character, and nothing that breaks lines, stands in it.
    fileprivate var isPrintable: Bool {
        unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: false
            default: true
            }
        }
    }
}

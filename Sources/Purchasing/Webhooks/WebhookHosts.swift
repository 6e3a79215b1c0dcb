/// Where events may be sent: nowhere, until the configuration names a host.
public struct WebhookHosts: Sendable, Hashable {
    /// One host of the list.
    public struct Entry: Sendable, Hashable {
        public let host: WebhookURL.Host
        /// The port; nil for 443.
        public let port: Int?

        /// Reads `hooks.example.com`, `hooks.example.com:8443`, `10.0.0.7:8080` or `[fd00::7]:8080`; nil for anything
        /// else.
        public init?(_ text: String) {
            let parts: (host: WebhookURL.Host, port: Int)
            do { parts = try WebhookURL.parts(text[...], standardPort: 0) } catch { return nil }
            host = parts.host
            port = parts.port == 0 ? nil : parts.port
        }

        /// As it is written.
        public var text: String { host.description + (port.map { ":\($0)" } ?? "") }
    }

    public var allowed: [Entry]
    /// Whether a URL may be without TLS.
    public var allowsHTTP: Bool
    /// Whether a name may lead to this machine or into a private network. An address that stands in the list may anyhow.
    public var allowsPrivate: Bool

    public init(allowed: [Entry] = [], allowsHTTP: Bool = false, allowsPrivate: Bool = false) {
        self.allowed = allowed
        self.allowsHTTP = allowsHTTP
        self.allowsPrivate = allowsPrivate
    }

    /// Why nothing may be sent to a URL, with a stable code and the key of the configuration that would change it; nil
    /// when it may.
    public func objection(to url: WebhookURL) -> (code: String, detail: String)? {
        let isListed = allowed.contains { $0.host == url.host && ($0.port ?? 443) == url.port }
        guard isListed else {
            let entry = url.host.description + (url.port == 443 ? "" : ":\(url.port)")
            return (
                "host_not_allowed",
                "\(entry) is not allowed: add it to webhooks.allowed_hosts in the configuration, and restart"
            )
        }
        guard url.isEncrypted || allowsHTTP else {
            return (
                "http_not_allowed",
                "a URL that starts with https://; webhooks.allow_http in the configuration allows others"
            )
        }
        return nil
    }

    /// Whether a connection may be made to an address that a host of the list has.
    public func allows(_ address: NetworkAddress, of host: WebhookURL.Host) -> Bool {
        switch (host, address.reach) {
        case (.address(let own), _) where own == address: true
        case (_, .everywhere): true
        case (_, .inside): allowsPrivate
        case (_, .nowhere): false
        }
    }
}

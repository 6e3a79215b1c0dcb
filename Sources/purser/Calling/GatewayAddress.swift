import Foundation
import VendorHTTP

/// Where a gateway is called, and whether a key may travel there.
struct GatewayAddress: Sendable, Hashable {
    /// Where a gateway listens that is configured in no other way.
    static let standard = "http://127.0.0.1:8080"

    /// The URL without a slash at its end.
    let url: String

    /// - Throws: `CommandFailure` when the text is no `http` or `https` URL of a host, perhaps a port and a path.
    init(_ text: String) throws(CommandFailure) {
        do throws(InvalidVendorSettings) {
            url = try VendorAddress(text).description
        } catch {
            throw CommandFailure(
                ExitStatus.refused,
                "the gateway's address is a URL such as \(Self.standard) or https://purser.example.com")
        }
    }

    /// Whether nobody on the way can read what is sent: it is encrypted, or it does not leave this machine.
    var isPrivate: Bool { url.hasPrefix("https://") || isThisMachine }

    /// Whether the host is this machine by its very name: `localhost`, 127.0.0.0/8 or `::1`.
    private var isThisMachine: Bool {
        let authority = url.split(separator: "/", maxSplits: 2)[1].prefix { $0 != "/" }
        if authority.hasPrefix("[") { return authority.dropFirst().prefix { $0 != "]" } == "::1" }
        let host = authority.prefix { $0 != ":" }.lowercased()
        var address = in_addr()
        // What is not four decimal numbers is a name, and names go where their servers say.
        guard inet_pton(AF_INET, host, &address) == 1 else { return host == "localhost" }
        return UInt32(bigEndian: address.s_addr) >> 24 == 127
    }
}

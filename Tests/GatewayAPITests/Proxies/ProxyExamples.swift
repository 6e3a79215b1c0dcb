import Purchasing
import PurchasingTestKit
import Synchronization

@testable import GatewayAPI

extension BoughtProxy {
    /// One of each kind: both protocols, IPv6 with signs in its login, and one that an address opens.
    static let examples: [BoughtProxy] = [
        BoughtProxy(
            ip: "198.51.100.42", httpPort: 8000, socks5Port: 8001, user: "helo_s1a2b3c4d5e", password: "Mz4yQv8R",
            country: Country("US"), city: "New York", asn: 7922),
        BoughtProxy(
            ip: "2001:db8::42", httpPort: nil, socks5Port: 1080, user: "al/ice@", password: "=1+\"1\",%:ü",
            country: Country("FR"), expiresAt: .example.advanced(by: .seconds(86_400))),
        BoughtProxy(ip: "198.51.100.7", httpPort: 8080, socks5Port: nil, user: nil, password: nil, city: "-Q\"x"),
    ].compactMap(\.self)

    /// As many as are wanted.
    static func many(_ count: Int, login: String = "Mz4yQv8R") -> [BoughtProxy] {
        (0..<count).compactMap { index in
            BoughtProxy(
                ip: "10.0.\(index / 256).\(index % 256)", httpPort: 8000, socks5Port: 8000, user: login, password: login
            )
        }
    }
}

extension Office {
    /// An order of three IPs, sold and ready.
    func sold(
        _ request: OrderRequest = .example(quantity: 3), taking steps: [OrderStep] = [.dispatched, .boughtReady]
    ) async throws -> String {
        let order = Order.example(client: "crawler", request: request)
        return try await stored(order, taking: steps) { order in
            order.batchID = order.vendor.map { _ in "bat_1" }
            order.expiresAt = .example
        }.id.text
    }
}

extension ScriptedVendor {
    /// A vendor whose sales have these proxies, in pieces of two, and that may break behind them.
    static func showing(_ proxies: [BoughtProxy], then failure: VendorError? = nil) -> ScriptedVendor {
        .idempotent { $0.proxies = { _ in .pieces(of: proxies, then: failure) } }
    }
}

extension ProxyList {
    static func pieces(of proxies: [BoughtProxy], then failure: VendorError? = nil) -> ProxyList {
        let kept = Kept(proxies)
        return ProxyList { () async throws(VendorError) in
            let piece = kept.take(2)
            if piece.isEmpty, let failure { throw failure }
            return piece.isEmpty ? nil : piece
        }
    }

    private final class Kept: Sendable {
        private let rest: Mutex<ArraySlice<BoughtProxy>>

        init(_ proxies: [BoughtProxy]) { rest = Mutex(proxies[...]) }

        func take(_ count: Int) -> [BoughtProxy] {
            rest.withLock { rest in
                let piece = Array(rest.prefix(count))
                rest = rest.dropFirst(piece.count)
                return piece
            }
        }
    }
}

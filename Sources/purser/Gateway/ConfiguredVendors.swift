import HeloDataVendor
import LegacyVendor
import Logging
import Purchasing
import VendorHTTP

/// The vendors of a configuration, each with its adapter: a new kind of vendor is one more case here.
struct ConfiguredVendors: Sendable {
    /// In the order in which `auto` tries them.
    let all: [Vendor]
    private let closing: [@Sendable () async -> Void]

    /// - Parameter logger: where calls of vendors are noted, at `debug`.
    /// - Throws: `GatewayRefusal` when an adapter refuses its settings.
    init(_ settings: [VendorSettings], logger: Logger) throws(GatewayRefusal) {
        var all: [Vendor] = []
        var closing: [@Sendable () async -> Void] = []
        for vendor in settings {
            do throws(InvalidVendorSettings) {
                let (adapter, close) = try Self.adapter(vendor)
                all.append(
                    Vendor(
                        name: vendor.name, adapter: adapter, policy: vendor.policy, isEnabled: vendor.isEnabled,
                        logger: logger))
                closing.append(close)
            } catch {
                throw GatewayRefusal("vendors.\(vendor.name).\(error)")
            }
        }
        self.all = all
        self.closing = closing
    }

    /// Closes the connections to all vendors, once the last call has ended.
    func close() async {
        for close in closing { await close() }
    }

    private static func adapter(
        _ vendor: VendorSettings
    ) throws(InvalidVendorSettings) -> (any VendorAdapter, close: @Sendable () async -> Void) {
        switch vendor.kind {
        case .helodata:
            let adapter = try HeloDataAdapter(settings: HeloDataSettings(vendor))
            return (adapter, { await adapter.close() })
        case .legacy:
            let adapter = try LegacyAdapter(settings: LegacySettings(vendor))
            return (adapter, { await adapter.close() })
        }
    }
}

extension HeloDataSettings {
    fileprivate init(_ vendor: VendorSettings) {
        self.init(
            name: vendor.name, baseURL: vendor.baseURL, apiKey: vendor.apiKey, timeout: vendor.timeout,
            connectTimeout: vendor.connectTimeout, caFile: vendor.caFile, maxInFlight: vendor.maxInFlight,
            idempotency: vendor.honoursIdempotency,
            prices: Prices(
                residentialGB: vendor.prices.residentialGB, mobileGB: vendor.prices.mobileGB,
                ispIPMonth: vendor.prices.ispIPMonth))
    }
}

extension LegacySettings {
    fileprivate init(_ vendor: VendorSettings) {
        self.init(
            name: vendor.name, baseURL: vendor.baseURL, apiKey: vendor.apiKey, timeout: vendor.timeout,
            connectTimeout: vendor.connectTimeout, caFile: vendor.caFile, goal: vendor.goal)
    }
}

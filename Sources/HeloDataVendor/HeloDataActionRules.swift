import Purchasing
import VendorHTTP

/// What can be known of an action before HeloData is asked; all else is left to the vendor.
struct HeloDataActionRules {
    /// The vendor's name in the configuration.
    let vendor: String

    /// The shortest prefixes of networks (/helodata-zh/kong-zhi-tai/whitelisting-ips).
    private static let widest = (ipv4: 24, ipv6: 64)

    /// Everything that the vendor cannot honour, and how to mend it.
    func objections(to task: ActionTask, on sale: Sale) -> [Fault] {
        var faults: [Fault] = []
        if sale.batchID.flatMap(VendorPathComponent.init(token:)) == nil {
            faults.append(
                Fault(
                    .vendor(vendor), "not_ready",
                    "\(vendor) has not told the id of the order's batch, and nothing can be done to a batch without it")
            )
        }
        switch task {
        case .renew(let rental, let ips, let promoCode): faults += renewal(rental, ips, promoCode)
        case .refresh, .rotatePassword, .release: break
        case .replace(let ip, _): faults += token(ip, "/ip", "an IP by the id that its batch's list tells")
        case .autoRenew:
            faults.append(
                Fault(.pointer("/enabled"), "not_supported", "\(vendor) switches auto-renewal in its dashboard only"))
        case .allow(let address, _): faults += network(address)
        case .disallow(let entry): faults += token(entry, "/entry", "an entry by the id that the whitelist tells")
        }
        return faults
    }

    /// Whole months, and always the whole batch (/api-reference/orders).
    private func renewal(_ rental: RentalTime, _ ips: [String], _ promoCode: String?) -> [Fault] {
        var faults: [Fault] = []
        if rental.wholeMonths == nil {
            let detail = "\(vendor) rents by the month: a multiple of 30 days"
            faults.append(Fault(.pointer("/days"), "days_not_whole_months", detail))
        }
        if !ips.isEmpty {
            let detail = "\(vendor) renews a batch as a whole: leave ips out"
            faults.append(Fault(.pointer("/ips"), "not_supported", detail))
        }
        if promoCode != nil {
            let detail = "\(vendor) takes no promo code for a renewal: leave it out"
            faults.append(Fault(.pointer("/promo_code"), "not_supported", detail))
        }
        return faults
    }

    private func network(_ address: String) -> [Fault] {
        guard let network = HeloDataNetwork(address) else {
            let detail = "an IPv4 or IPv6 address such as 203.0.113.7, or a network such as 203.0.113.0/24"
            return [Fault(.pointer("/address"), "invalid_ip", detail)]
        }
        let widest = network.isIPv6 ? Self.widest.ipv6 : Self.widest.ipv4
        guard network.prefix < widest else { return [] }
        let family = network.isIPv6 ? "IPv6" : "IPv4"
        return [
            Fault(
                .pointer("/address"), "network_too_wide",
                "\(vendor) takes \(family) networks no wider than /\(widest): add several smaller ones")
        ]
    }

    private func token(_ text: String, _ pointer: String, _ what: String) -> [Fault] {
        guard VendorPathComponent(token: text) == nil else { return [] }
        return [Fault(.pointer(pointer), "invalid_id", "\(vendor) knows \(what): 1 to 128 letters, digits, _, . and -")]
    }
}

import Purchasing
import VendorHTTP
import Yams

/// Reads `vendors`.
struct VendorSettingsReading {
    let faults: SettingsFaults
    let directory: String
    /// The variables that secrets are looked for in; nil reads no secrets.
    let environment: [String: String]?
    /// What is allowed but worth a look, each with its line.
    private(set) var warnings: [String] = []
    /// The names in the file, also of vendors that could not be read.
    private(set) var names: [String] = []

    init(faults: SettingsFaults, directory: String, environment: [String: String]?) {
        self.faults = faults
        self.directory = directory
        self.environment = environment
    }

    /// The vendors in the order of the file.
    mutating func vendors(_ section: SettingsSection) -> [VendorSettings] {
        guard !section.members.isEmpty else {
            section.refuseAbsence("missing; at least one vendor must be configured")
            return []
        }
        names = section.members.map { $0.key.terminalText(limit: 64) }
        var vendors: [VendorSettings] = []
        for member in section.members {
            guard isName(member.key, in: section) else { continue }
            let vendorSection = section.section(member.key)
            guard let vendor = vendor(member.key, vendorSection) else { continue }
            if let twin = vendors.first(where: { $0.isSameAccount(as: vendor) }) {
                let text =
                    "the same account as \(twin.name); one account must stand here once, so that what changes in it"
                vendorSection.refuse("api_key", "\(text) can be attributed")
            }
            vendors.append(vendor)
        }
        return vendors
    }

    private func isName(_ name: String, in section: SettingsSection) -> Bool {
        let isPart = { (byte: UInt8) in (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F }
        let isFit = (1...32).contains(name.utf8.count) && name.utf8.allSatisfy { isPart($0) || $0 == 0x2D }
        if !isFit { section.refuse(name, "a vendor's name is 1 to 32 of a-z, 0-9, _ and -") }
        if name == "auto" { section.refuse(name, "auto is what callers write to leave the choice to the gateway") }
        return isFit && name != "auto"
    }

    private mutating func vendor(_ name: String, _ section: SettingsSection) -> VendorSettings? {
        typealias Keys = SettingTable.Vendor
        guard case .some(.mapping) = section.node else {
            section.refuseAbsence("expected a mapping of keys to values")
            return nil
        }
        guard let kind = section.value(Keys.kind) else {
            if section.node("kind") == nil { section.refuse("kind", "missing; it is one of helodata, legacy") }
            return nil
        }
        refuseUnknown(section, of: kind)
        var vendor = VendorSettings(name: name, kind: kind, apiKey: secret(section, of: kind))
        vendor.baseURL = section.value(Keys.baseURL) ?? kind.baseURL
        vendor.isEnabled = section.value(Keys.enabled)
        vendor.timeout = section.value(Keys.timeout) ?? kind.timeout
        vendor.connectTimeout = section.value(Keys.connectTimeout)
        vendor.caFile = authorities(section)
        vendor.policy = policy(section)
        switch kind {
        case .helodata: readHeloData(section, into: &vendor)
        case .legacy: vendor.goal = section.value(SettingTable.Legacy.goal)
        }
        return vendor
    }

    /// Where the vendor's authorities are; they are read where secrets are, so that a fault is told with its line.
    private func authorities(_ section: SettingsSection) -> String? {
        let key = SettingTable.Vendor.caFile
        guard let file = section.value(key)?.resolved(in: directory) else { return nil }
        guard environment != nil else { return file }
        do throws(InvalidVendorSettings) { _ = try TrustedAuthorities(file: file) } catch {
            section.refuse(key.name, error.detail)
        }
        return file
    }

    private func refuseUnknown(_ section: SettingsSection, of kind: VendorSettings.Kind) {
        section.refuseUnknown(known: SettingTable.vendorKeys(of: kind)) { key in
            let other = VendorSettings.Kind.allCases.first { SettingTable.vendorKeys(of: $0).contains(key) }
            return other.map { "is for vendors of the kind \($0.rawValue), and this one is \(kind.rawValue)" }
        }
    }

    private func policy(_ section: SettingsSection) -> VendorPolicy {
        var policy = VendorPolicy()
        policy.followInterval = section.value(SettingTable.Vendor.followInterval)
        policy.settleTime = section.value(SettingTable.Vendor.settleTime)
        policy.balanceInterval = section.value(SettingTable.Vendor.balanceInterval)
        let breaker = section.section("breaker")
        breaker.refuseUnknown(known: SettingTable.Breaker.all.map(\.name))
        policy.breakerFailures = breaker.value(SettingTable.Breaker.failures)
        policy.breakerRest = breaker.value(SettingTable.Breaker.rest)
        return policy
    }

    private func readHeloData(_ section: SettingsSection, into vendor: inout VendorSettings) {
        typealias Keys = SettingTable.HeloData
        vendor.maxInFlight = section.value(Keys.maxInFlight)
        vendor.honoursIdempotency = section.value(Keys.idempotency)
        vendor.policy.resendWindow = section.value(Keys.resendWindow)
        vendor.policy.resendPause = section.value(Keys.resendPause)
        vendor.policy.resendPauseMax = section.value(Keys.resendPauseMax)
        if vendor.policy.resendPause > vendor.policy.resendPauseMax {
            section.refuse("resend_pause", "must not be longer than resend_pause_max")
        }
        let prices = section.section("prices")
        prices.refuseUnknown(known: SettingTable.Prices.all.map(\.name))
        vendor.prices.residentialGB = prices.value(SettingTable.Prices.residentialGB)
        vendor.prices.mobileGB = prices.value(SettingTable.Prices.mobileGB)
        vendor.prices.ispIPMonth = prices.value(SettingTable.Prices.ispIPMonth)
    }

    /// The account's key; an empty one stands in after a fault.
    private mutating func secret(_ section: SettingsSection, of kind: VendorSettings.Kind) -> Secret {
        let key = SettingTable.Vendor.apiKey
        guard let reference = section.value(key) else {
            if section.node(key.name) == nil {
                section.refuse(key.name, "missing; \(key.expectation), by environment variable or file only")
            }
            return Secret("")
        }
        guard let environment else { return Secret("") }
        if let warning = reference.warning(directory: directory) {
            let line = section.node(key.name)?.mark?.line ?? 0
            warnings.append("\(line): \(section.path).\(key.name): \(warning)")
        }
        do throws(Complaint) {
            let secret = try reference.secret(environment: environment, directory: directory)
            if let objection = kind.objection(to: secret.revealed) { section.refuse(key.name, objection) }
            return secret
        } catch {
            section.refuse(key.name, error.text)
            return Secret("")
        }
    }
}

extension SettingTable {
    /// The keys that a vendor of a kind may have.
    static func vendorKeys(of kind: VendorSettings.Kind) -> [String] {
        let common = Vendor.all.map(\.name) + ["breaker"]
        return switch kind {
        case .helodata: common + HeloData.all.map(\.name) + ["prices"]
        case .legacy: common + Legacy.all.map(\.name)
        }
    }
}

extension VendorSettings {
    /// Whether two entries are one account at the vendor.
    fileprivate func isSameAccount(as other: VendorSettings) -> Bool {
        kind == other.kind && baseURL == other.baseURL && apiKey == other.apiKey && !apiKey.revealed.isEmpty
    }
}

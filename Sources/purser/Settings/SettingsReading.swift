import Purchasing
import Yams

/// Reads the sections of a configuration; faults are collected, and what was refused takes its default meanwhile.
struct SettingsReading {
    let faults: SettingsFaults
    /// Where relative paths start.
    let directory: String
    /// The variables that secrets are looked for in; nil reads no secrets.
    let environment: [String: String]?

    /// The settings of a whole document.
    func settings(_ root: Node?) -> GatewaySettings {
        let document = SettingsSection(root, path: "", faults: faults)
        document.refuseUnknown(known: [
            "http", "database", "orders", "routing", "inventory", "vendors", "webhooks", "logging",
        ])
        var settings = GatewaySettings()
        settings.http = http(document.section("http"))
        settings.database = database(document.section("database"))
        settings.orders = orders(document.section("orders"))
        settings.inventory = inventory(document.section("inventory"))
        settings.webhooks = webhooks(document.section("webhooks"))
        settings.logging = logging(document.section("logging"))
        var vendors = VendorSettingsReading(faults: faults, directory: directory, environment: environment)
        settings.vendors = vendors.vendors(document.section("vendors"))
        settings.warnings = vendors.warnings
        settings.routing = routing(document.section("routing"), vendors: &settings.vendors, names: vendors.names)
        return settings
    }

    private func http(_ section: SettingsSection) -> GatewaySettings.HTTP {
        typealias Keys = SettingTable.HTTP
        section.refuseUnknown(known: Keys.all.map(\.name))
        return .init(
            host: section.value(Keys.host), port: section.value(Keys.port),
            metricsNeedKey: section.value(Keys.metricsNeedKey))
    }

    private func database(_ section: SettingsSection) -> GatewaySettings.Database {
        typealias Keys = SettingTable.Database
        section.refuseUnknown(known: Keys.all.map(\.name))
        return .init(path: section.value(Keys.path).resolved(in: directory))
    }

    private func orders(_ section: SettingsSection) -> GatewaySettings.Orders {
        typealias Keys = SettingTable.Orders
        section.refuseUnknown(known: Keys.all.map(\.name))
        return .init(
            wait: section.value(Keys.wait), requiresIdempotencyKey: section.value(Keys.requireIdempotencyKey),
            deadline: section.value(Keys.deadline), queueLimit: section.value(Keys.queueLimit),
            expiryNotices: section.value(Keys.expiryNotices))
    }

    private func inventory(_ section: SettingsSection) -> GatewaySettings.Inventory {
        typealias Keys = SettingTable.Inventory
        section.refuseUnknown(known: Keys.all.map(\.name))
        return .init(
            fresh: section.value(Keys.fresh), listsFresh: section.value(Keys.listsFresh),
            maxStale: section.value(Keys.maxStale), maxEntries: section.value(Keys.maxEntries))
    }

    private func webhooks(_ section: SettingsSection) -> GatewaySettings.Webhooks {
        typealias Keys = SettingTable.Webhooks
        section.refuseUnknown(known: Keys.all.map(\.name))
        return .init(
            allowedHosts: section.value(Keys.allowedHosts), allowsHTTP: section.value(Keys.allowHTTP),
            allowsPrivate: section.value(Keys.allowPrivate), timeout: section.value(Keys.timeout),
            maxInFlight: section.value(Keys.maxInFlight), keep: section.value(Keys.keep))
    }

    private func logging(_ section: SettingsSection) -> GatewaySettings.Log {
        typealias Keys = SettingTable.Log
        section.refuseUnknown(known: Keys.all.map(\.name))
        return .init(level: section.value(Keys.level), format: section.value(Keys.format))
    }

    /// The routing, which also puts the vendors in their order.
    private func routing(
        _ section: SettingsSection, vendors: inout [VendorSettings], names: [String]
    ) -> GatewaySettings.Routing {
        typealias Keys = SettingTable.Routing
        section.refuseUnknown(known: Keys.all.map(\.name) + ["products"])
        if let order = section.value(Keys.order) {
            check(order, in: section, names: names)
            vendors =
                order.compactMap { name in vendors.first { $0.name == name } }
                + vendors.filter { !order.contains($0.name) }
        }
        let policy = section.value(Keys.policy)
        return .init(
            policy: policy, fallback: section.value(Keys.fallback),
            products: productRules(section.section("products"), policy: policy, names: names))
    }

    /// The rules of single products; what one leaves out is as for all.
    private func productRules(
        _ section: SettingsSection, policy: RoutingRules.Policy, names: [String]
    ) -> [Product: RoutingRules.Rule] {
        typealias Keys = SettingTable.ProductRouting
        section.refuseUnknown(known: Product.allCases.map(\.rawValue))
        var rules: [Product: RoutingRules.Rule] = [:]
        for member in section.members {
            guard let product = Product(rawValue: member.key) else { continue }
            let rule = section.section(member.key)
            rule.refuseUnknown(known: Keys.all.map(\.name))
            let order = rule.value(Keys.order) ?? []
            check(order, in: rule, names: names)
            rules[product] = .init(rule.value(Keys.policy) ?? policy, order: order)
        }
        return rules
    }

    private func check(_ order: [String], in section: SettingsSection, names: [String]) {
        for (index, name) in order.enumerated() {
            let shown = name.terminalText(limit: 64)
            if !names.contains(name) {
                section.refuse("order", "there is no vendor \(shown); there are \(names.joined(separator: ", "))")
            } else if order[..<index].contains(name) {
                section.refuse("order", "\(shown) stands twice")
            }
        }
    }
}

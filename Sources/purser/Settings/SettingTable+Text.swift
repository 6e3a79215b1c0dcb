extension SettingTable {
    /// Every key, by the section that it stands in.
    static var sections: [(path: String, entries: [any SettingEntry])] {
        [
            ("http.", HTTP.all), ("database.", Database.all), ("orders.", Orders.all), ("routing.", Routing.all),
            ("logging.", Log.all), ("vendors.NAME.", Vendor.all), ("vendors.NAME.breaker.", Breaker.all),
            ("vendors.NAME.", HeloData.all), ("vendors.NAME.prices.", Prices.all), ("vendors.NAME.", Legacy.all),
        ]
    }

    /// Every key with its default and its meaning, as `purser serve --help` shows them.
    static var text: String {
        sections.flatMap { section in
            section.entries.map { "  \(section.path)\($0.name) (\($0.standardText)): \($0.meaning)" }
        }.joined(separator: "\n")
    }
}

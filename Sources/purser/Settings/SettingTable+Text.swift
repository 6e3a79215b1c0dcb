extension SettingTable {
    /// Every key, by the section that it stands in.
    static var sections: [(path: String, entries: [any SettingEntry])] {
        [
            ("http.", HTTP.all), ("database.", Database.all), ("orders.", Orders.all), ("routing.", Routing.all),
            ("routing.products.PRODUCT.", ProductRouting.all),
            ("inventory.", Inventory.all), ("webhooks.", Webhooks.all), ("logging.", Log.all),
            ("vendors.NAME.", Vendor.all),
            ("vendors.NAME.breaker.", Breaker.all),
            ("vendors.NAME.", HeloData.all), ("vendors.NAME.prices.", Prices.all), ("vendors.NAME.", Legacy.all),
        ]
    }

    /// Every key with its default and its meaning, as `purser serve --help` shows them.
    static var text: String {
        sections.flatMap { section in
            section.entries.map { entry in
                "  \(section.path)\(entry.name) (\(entry.standardText))\n" + indented(entry.meaning)
            }
        }.joined(separator: "\n")
    }

    /// Lines of words that a help of 80 columns does not break, below the key that they explain.
    private static func indented(_ words: String) -> String {
        let indent = "      "
        var lines: [String] = []
        for word in words.split(separator: " ") {
            if let line = lines.last, line.count + word.count < 78 {
                lines[lines.endIndex - 1] = "\(line) \(word)"
            } else {
                lines.append(indent + word)
            }
        }
        return lines.joined(separator: "\n")
    }
}

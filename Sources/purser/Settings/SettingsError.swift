/// Why a configuration cannot be used: every fault that was found, in the order of the file.
struct SettingsError: Error, Hashable, CustomStringConvertible {
    /// The file as it was named.
    let file: String
    let faults: [SettingsFault]

    init(file: String, faults: [SettingsFault]) {
        self.file = file
        // A stable sort: faults without a line are about the whole and come first.
        self.faults = faults.enumerated()
            .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
            .map(\.element)
    }

    /// One line for each fault: `purser.yaml:12: vendors.helodata.timeuot: unknown key; …`.
    var description: String {
        faults.map { fault in
            let place = fault.line.map { "\(file):\($0)" } ?? file
            return fault.path.isEmpty ? "\(place): \(fault.text)" : "\(place): \(fault.path): \(fault.text)"
        }.joined(separator: "\n")
    }
}

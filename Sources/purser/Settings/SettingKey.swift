/// One key of the configuration file: how its value is written, its default, and what it does.
///
/// `SettingTable` has every key. Reading, refusing unknown keys and the help text all go by it.
struct SettingKey<Value: Sendable>: Sendable {
    /// The key in its section: `port`.
    let name: String
    let form: SettingForm<Value>
    /// The value when the file does not have the key.
    let standard: Value
    /// What it does, in a sentence.
    let meaning: String

    init(_ name: String, _ form: SettingForm<Value>, _ standard: Value, _ meaning: String) {
        self.name = name
        self.form = form
        self.standard = standard
        self.meaning = meaning
    }
}

extension SettingKey {
    /// A key without a default; `absent` says in words what holds without it.
    init<Wrapped>(_ name: String, _ form: SettingForm<Wrapped>, absent: String, _ meaning: String)
    where Value == Wrapped? {
        self.init(name, form.optional(absent: absent), nil, meaning)
    }
}

/// A key without the type of its value, for tables.
protocol SettingEntry: Sendable {
    var name: String { get }
    /// The default as it would be written.
    var standardText: String { get }
    /// What may be written.
    var expectation: String { get }
    var meaning: String { get }
}

extension SettingKey: SettingEntry {
    var standardText: String { form.write(standard) }
    var expectation: String { form.expectation }
}

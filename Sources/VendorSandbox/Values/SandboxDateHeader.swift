/// The words of the setting `date_header`.
public enum SandboxDateHeader {
    /// The vendor's own time, as it should be; `clock-86400` and `clock+60` tell another, as a proxy in front may.
    public static let clock = "clock"
    /// No `Date` at all.
    public static let none = "none"

    /// What the field says at a time; nil for no field.
    static func text(_ setting: String, at now: SandboxTime) -> String? {
        guard setting != none else { return nil }
        return offset(setting).map { now.adding(milliseconds: Int64($0) * 1000).httpText } ?? setting
    }

    /// The seconds in `clock`, `clock+60` and `clock-86400`; nil for anything else.
    private static func offset(_ setting: String) -> Int? {
        guard setting.hasPrefix(clock) else { return nil }
        let rest = setting.dropFirst(clock.count)
        return rest.isEmpty ? 0 : Int(rest).flatMap { Bounds.offset.contains($0) ? $0 : nil }
    }

    /// Throws for text that cannot stand in a header field.
    static func check(_ setting: String) throws(SandboxInputError) {
        guard !setting.isEmpty, setting.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw SandboxInputError("date_header: clock, none, or visible ASCII that stands for the date")
        }
    }
}

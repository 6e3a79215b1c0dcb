/// A setting of a vendor that cannot be used; never carries a secret.
public struct InvalidVendorSettings: Error, Sendable, Hashable, CustomStringConvertible {
    /// The key in the configuration: `base_url`, `api_key`.
    public let field: String
    /// What is wrong and how to mend it, for a person.
    public let detail: String

    public init(_ field: String, _ detail: String) {
        self.field = field
        self.detail = detail
    }

    public var description: String { "\(field): \(detail)" }
}

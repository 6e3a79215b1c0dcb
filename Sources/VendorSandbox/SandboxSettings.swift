/// How both pretend vendors start. What concerns one vendor can be changed while it runs.
public struct SandboxSettings: Sendable, Hashable {
    /// HeloData's port on 127.0.0.1; 0 takes a free one.
    public var heloDataPort = 0
    /// The legacy vendor's port on 127.0.0.1; 0 takes a free one.
    public var legacyPort = 0
    /// The account at HeloData.
    public var heloData = HeloDataSandboxSettings()
    /// The account at the legacy vendor.
    public var legacy = LegacySandboxSettings()

    /// Free ports and well-filled accounts.
    public init() {}
}

/// Where both vendors listen.
public struct SandboxPorts: Sendable, Hashable {
    /// HeloData's port on 127.0.0.1.
    public let heloData: Int
    /// The legacy vendor's port on 127.0.0.1.
    public let legacy: Int

    /// HeloData's base URL: `http://127.0.0.1:…/v1`.
    public var heloDataURL: String { "http://127.0.0.1:\(heloData)/v1" }
    /// The legacy vendor's base URL; its paths begin with `/client/api/v1/`.
    public var legacyURL: String { "http://127.0.0.1:\(legacy)" }
}

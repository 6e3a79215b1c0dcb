/// One change to what was sold before, as the vendor's books have it, whether or not it was charged.
public struct SandboxChange: Sendable, Hashable {
    /// What was done.
    public enum Kind: String, Sendable, Hashable {
        /// HeloData: every address of a batch was replaced.
        case refresh
        /// HeloData: a batch's end was moved.
        case renew
        /// HeloData: a batch has a new password.
        case rotatePassword = "rotate_password"
        /// HeloData: a batch was given back.
        case release
        /// HeloData: one address was replaced.
        case replace
        /// HeloData: an address may use a batch.
        case whitelistAdd = "whitelist_add"
        /// HeloData: an address may use a batch no longer.
        case whitelistRemove = "whitelist_remove"
        /// Legacy: the end of some addresses was moved.
        case extend
        /// Legacy: some addresses are to be extended by the vendor itself.
        case autoExtendOn = "auto_extend_on"
        /// Legacy: some addresses are not to be extended by the vendor any more.
        case autoExtendOff = "auto_extend_off"
    }

    /// The number of its `changed` entry; books count from 1.
    public var sequence = 0
    /// The `received` entry of the request that changed; nil for what the vendor did by its own clock.
    public var exchange: Int?
    /// What was done.
    public var kind: Kind
    /// HeloData's `bat_…`.
    public var batchID: String?
    /// The legacy `orderId` of each group that was touched.
    public var orderIDs: [String] = []
    /// The ids of the one old and the one new address of a replacement, of the whitelist's entry, of the addresses that
    /// an extension named.
    public var items: [String] = []
    /// How many addresses it touched.
    public var count: Int
    /// The new end: ISO 8601; the last one where several differ.
    public var expiresAt: String?
    /// What was charged for it, which has a row of its own among the sales; zero where nothing was.
    public var price = SandboxDecimal.zero
    /// When, by the vendor's clock: ISO 8601.
    public var time = ""
    /// The request's `Idempotency-Key`.
    public var idempotencyKey: String?
    /// The client's end of the connection.
    public var connection: String?

    init(_ kind: Kind, count: Int) {
        self.kind = kind
        self.count = count
    }
}

extension SandboxChange {
    func json(vendor: String) -> SandboxJSON {
        var object = JSONObject()
        object.add("sequence", .integer(sequence))
        object.add("time", .string(time))
        object.add("vendor", .string(vendor))
        object.add("exchange", exchange)
        object.add("by", .string(exchange == nil ? "vendor" : "api"))
        object.add("kind", .string(kind.rawValue))
        object.add("batch_id", batchID)
        if !orderIDs.isEmpty { object.add("order_ids", .array(orderIDs.map(SandboxJSON.string))) }
        if !items.isEmpty { object.add("items", .array(items.map(SandboxJSON.string))) }
        object.add("count", .integer(count))
        object.add("expires_at", expiresAt)
        object.add("price", .string(price.description))
        object.add("idempotency_key", idempotencyKey)
        object.add("connection", connection)
        return object.json
    }
}

public import Logging
import Synchronization

/// One configured vendor account: its adapter, its rules, and what guards it at run time.
public final class Vendor: Sendable {
    /// The name in the configuration.
    public let name: String
    public let adapter: any VendorAdapter
    public let policy: VendorPolicy
    /// Whether new orders may go to it; orders that it has are followed either way.
    public let isEnabled: Bool
    let lane: VendorLane
    /// Bounds the lists of proxies that are on their way from it at once.
    let downloads = VendorLane(width: Purchaser.downloadsAtOnce)
    let circuit: Circuit
    /// Whether the vendor's idempotency key has held so far; what earlier processes saw is learned at the start.
    let keyHolds = Flag(true)
    /// What it charged last.
    let lastPrices = LastPrices()
    /// How it has been answering.
    let health: HealthRecord
    /// The calls that were made to it.
    let calls = VendorCallBook()
    /// Its sales that were not as they were expected.
    let saleFlags = SaleFlagBook()

    public init(
        name: String, adapter: any VendorAdapter, policy: VendorPolicy = VendorPolicy(), isEnabled: Bool = true,
        timepiece: Timepiece = .system,
        logger: Logger = Logger(label: "purser.vendors") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.name = name
        self.health = HealthRecord()
        var logger = logger
        logger[metadataKey: "vendor"] = "\(name)"
        self.adapter = WatchedAdapter(
            base: adapter, record: health, book: calls, timepiece: timepiece, logger: logger)
        self.policy = policy
        self.isEnabled = isEnabled
        self.lane = VendorLane(width: adapter.traits.width)
        self.circuit = Circuit(failures: policy.breakerFailures, rest: policy.breakerRest)
    }
}

/// A yes or no that many may ask and change.
final class Flag: Sendable {
    private let value: Mutex<Bool>

    init(_ value: Bool) { self.value = Mutex(value) }

    func load() -> Bool { value.withLock { $0 } }
    func store(_ new: Bool) { value.withLock { $0 = new } }
}

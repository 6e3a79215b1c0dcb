import Logging
import Purchasing

/// The configuration as a plain value: one property for each key, each with the key's default.
struct GatewaySettings: Sendable, Hashable {
    /// `http`: where callers reach the gateway.
    var http = HTTP()
    /// `database`: where orders are kept.
    var database = Database()
    /// `orders`: how orders are taken.
    var orders = Orders()
    /// `routing`: which vendor gets an order.
    var routing = Routing()
    /// `inventory`: how long what vendors told is good for.
    var inventory = Inventory()
    /// `vendors`, in the order in which `auto` tries them.
    var vendors: [VendorSettings] = []
    /// `webhooks`: where events may be sent, and how.
    var webhooks = Webhooks()
    /// `logging`: what is written to standard error.
    var logging = Log()
    /// What is allowed but worth a look, such as a key file that others may read; without any secret.
    var warnings: [String] = []

    struct HTTP: Sendable, Hashable {
        /// `http.host`: the address to listen on.
        var host = SettingTable.HTTP.host.standard
        /// `http.port`: the port to listen on; 0 takes a free one.
        var port = SettingTable.HTTP.port.standard
        /// `http.metrics_need_key`: whether `GET /metrics` is for auditors and operators alone.
        var metricsNeedKey = SettingTable.HTTP.metricsNeedKey.standard
    }

    struct Database: Sendable, Hashable {
        /// `database.path`: the SQLite file; a relative path starts at the configuration file's directory.
        var path = SettingTable.Database.path.standard
    }

    struct Orders: Sendable, Hashable {
        /// `orders.wait`: how long a purchase is waited for when its caller does not say.
        var wait = SettingTable.Orders.wait.standard
        /// `orders.require_idempotency_key`: whether every purchase needs a key.
        var requiresIdempotencyKey = SettingTable.Orders.requireIdempotencyKey.standard
        /// `orders.deadline`: how long a vendor that cannot be reached is tried.
        var deadline = SettingTable.Orders.deadline.standard
        /// `orders.queue_limit`: how long an order may wait in a vendor's queue.
        var queueLimit = SettingTable.Orders.queueLimit.standard
        /// `orders.expiry_notices`: how long before bought IPs lapse an event says so.
        var expiryNotices = SettingTable.Orders.expiryNotices.standard
    }

    struct Routing: Sendable, Hashable {
        /// `routing.policy`: how `auto` chooses.
        var policy = SettingTable.Routing.policy.standard
        /// `routing.fallback`: after which proofs that nothing was bought the next vendor is tried.
        var fallback = SettingTable.Routing.fallback.standard
        /// `routing.products`: rules of single products.
        var products: [Product: RoutingRules.Rule] = [:]
    }

    struct Inventory: Sendable, Hashable {
        /// `inventory.fresh`: how long stock, prices and balances are fresh.
        var fresh = SettingTable.Inventory.fresh.standard
        /// `inventory.lists_fresh`: how long reference lists are fresh.
        var listsFresh = SettingTable.Inventory.listsFresh.standard
        /// `inventory.max_stale`: how old a reading may be and still be shown.
        var maxStale = SettingTable.Inventory.maxStale.standard
        /// `inventory.max_entries`: how many readings are kept.
        var maxEntries = SettingTable.Inventory.maxEntries.standard
    }

    struct Webhooks: Sendable, Hashable {
        /// `webhooks.allowed_hosts`: hosts that events may be sent to.
        var allowedHosts = SettingTable.Webhooks.allowedHosts.standard
        /// `webhooks.allow_http`: whether a URL may be without TLS.
        var allowsHTTP = SettingTable.Webhooks.allowHTTP.standard
        /// `webhooks.allow_private`: whether names may lead inside.
        var allowsPrivate = SettingTable.Webhooks.allowPrivate.standard
        /// `webhooks.timeout`: how long an answer may take.
        var timeout = SettingTable.Webhooks.timeout.standard
        /// `webhooks.max_in_flight`: how many events may be on their way to one receiver.
        var maxInFlight = SettingTable.Webhooks.maxInFlight.standard
        /// `webhooks.keep`: how long deliveries that are settled are listed.
        var keep = SettingTable.Webhooks.keep.standard

        /// Where events may be sent, as the purchasing room takes it.
        var hosts: WebhookHosts {
            WebhookHosts(allowed: allowedHosts, allowsHTTP: allowsHTTP, allowsPrivate: allowsPrivate)
        }

        /// How events are sent, as the purchasing room takes it.
        var policy: WebhookPolicy {
            var policy = WebhookPolicy()
            policy.width = maxInFlight
            policy.keep = keep
            return policy
        }
    }

    struct Log: Sendable, Hashable {
        /// `logging.level`: the least important level that is written.
        var level = SettingTable.Log.level.standard
        /// `logging.format`: how lines look.
        var format = SettingTable.Log.format.standard
    }

    /// The rules for what was read from vendors, as the purchasing room takes them.
    var cachePolicy: CachePolicy {
        var policy = CachePolicy()
        policy.fresh = inventory.fresh
        policy.listsFresh = inventory.listsFresh
        policy.maxStale = inventory.maxStale
        policy.maxEntries = inventory.maxEntries
        return policy
    }

    /// The rules for orders, as the purchasing room takes them.
    var orderPolicy: OrderPolicy {
        var policy = OrderPolicy()
        policy.deadline = orders.deadline
        policy.queueLimit = orders.queueLimit
        policy.expiryNotices = orders.expiryNotices
        policy.fallback = routing.fallback
        policy.routing = RoutingRules(.init(routing.policy), products: routing.products)
        return policy
    }
}

/// How log lines look.
enum LogFormat: String, Sendable, CaseIterable {
    /// Text when standard error is a terminal, JSON otherwise.
    case auto
    /// One JSON object a line.
    case json
    /// One line of text, for people.
    case text
}

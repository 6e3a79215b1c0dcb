import Logging
import Purchasing

/// Every key of the configuration file. Reading, refusing unknown keys, the defaults and `purser serve --help` go by it.
enum SettingTable {
    enum HTTP {
        static let host = SettingKey("host", .host, "127.0.0.1", "The address to listen on.")
        static let port = SettingKey("port", .integer(0...65535), 8080, "The port to listen on; 0 takes a free one.")
        static let metricsNeedKey = SettingKey(
            "metrics_need_key", .boolean, false, "Whether GET /metrics is for auditors and operators alone.")
        static let all: [any SettingEntry] = [host, port, metricsNeedKey]
    }

    enum Database {
        static let path = SettingKey(
            "path", .text("the path of a file"), "purser.db",
            "The SQLite file; a relative path starts at the directory of the configuration file.")
        static let all: [any SettingEntry] = [path]
    }

    enum Orders {
        static let wait = SettingKey(
            "wait", .duration(.zero ... .seconds(60)), .seconds(30),
            "How long a purchase is waited for when its caller does not say.")
        static let requireIdempotencyKey = SettingKey(
            "require_idempotency_key", .boolean, true, "Whether every purchase needs an Idempotency-Key.")
        static let deadline = SettingKey(
            "deadline", .duration(.milliseconds(1) ... .seconds(3600)), .seconds(30),
            "How long a vendor that cannot be reached is tried, not counting time in its queue.")
        static let queueLimit = SettingKey(
            "queue_limit", .duration(.milliseconds(1) ... .seconds(86_400)), .seconds(600),
            "How long an order may wait in a vendor's queue.")
        static let expiryNotices = SettingKey(
            "expiry_notices", .durations(.seconds(3600) ... .seconds(366 * 86_400)), OrderPolicy().expiryNotices,
            "How long before bought IPs lapse an event says so; [] for never.")
        static let all: [any SettingEntry] = [wait, requireIdempotencyKey, deadline, queueLimit, expiryNotices]
    }

    enum Routing {
        static let policy = SettingKey<RoutingRules.Policy>(
            "policy", .choice(), .cheapest,
            "How auto chooses: cheapest asks vendors for their prices; priority goes by the order of the vendors alone."
        )
        static let order = SettingKey(
            "order", .names("a list of vendor names"), absent: "as listed",
            "Which vendor auto tries first; vendors left out follow as they are listed.")
        static let fallback = SettingKey<OrderPolicy.Fallback>(
            "fallback", .choice(), .stock,
            "When auto tries the next vendor: none, stock (out of stock or not reached) or any_refusal.")
        static let all: [any SettingEntry] = [policy, order, fallback]
    }

    /// The keys of each product under `routing.products`.
    enum ProductRouting {
        static let policy = SettingKey<RoutingRules.Policy?>(
            "policy", .choice(), absent: "as routing.policy", "How auto chooses for this product.")
        static let order = SettingKey(
            "order", .names("a list of vendor names"), absent: "as routing.order",
            "Which vendor auto tries first for this product; vendors left out follow.")
        static let all: [any SettingEntry] = [policy, order]
    }

    enum Inventory {
        static let fresh = SettingKey(
            "fresh", .duration(.milliseconds(1) ... .seconds(86_400)), CachePolicy().fresh,
            "How long stock, prices and balances that were read from a vendor are fresh.")
        static let listsFresh = SettingKey(
            "lists_fresh", .duration(.milliseconds(1) ... .seconds(604_800)), CachePolicy().listsFresh,
            "How long a vendor's lists of countries, rental times and mobile operators are fresh.")
        static let maxStale = SettingKey(
            "max_stale", .duration(.milliseconds(1) ... .seconds(604_800)), CachePolicy().maxStale,
            "How old what was read may be and still be shown, as stale, while the vendor cannot be read.")
        static let maxEntries = SettingKey(
            "max_entries", .integer(1...100_000), CachePolicy().maxEntries,
            "How many readings are kept; the one whose last use is longest ago goes first.")
        static let all: [any SettingEntry] = [fresh, listsFresh, maxStale, maxEntries]
    }

    enum Webhooks {
        static let allowedHosts = SettingKey(
            "allowed_hosts", .webhookHosts, [],
            "Hosts that events may be sent to; none unless they are named here, with the port unless it is 443.")
        static let allowHTTP = SettingKey(
            "allow_http", .boolean, false, "Whether a webhook's URL may be without TLS; its port is named then, too.")
        static let allowPrivate = SettingKey(
            "allow_private", .boolean, false,
            "Whether names among allowed_hosts may lead to this machine or a private network; addresses there may anyhow."
        )
        static let timeout = SettingKey(
            "timeout", .duration(.milliseconds(100) ... .seconds(30)), .seconds(5),
            "How long a webhook may take to answer.")
        static let maxInFlight = SettingKey(
            "max_in_flight", .integer(1...64), WebhookPolicy().width,
            "How many events may be on their way to one webhook.")
        static let keep = SettingKey(
            "keep", .duration(.seconds(3600) ... .seconds(3650 * 86_400)), WebhookPolicy().keep,
            "How long deliveries that are settled are listed.")
        static let all: [any SettingEntry] = [
            allowedHosts, allowHTTP, allowPrivate, timeout, maxInFlight, keep,
        ]
    }

    enum Log {
        static let level = SettingKey<Logger.Level>(
            "level", .choice(), .info, "The least important level that is written.")
        static let format = SettingKey<LogFormat>(
            "format", .choice(), .auto, "How lines look; auto is text on a terminal and JSON elsewhere.")
        static let all: [any SettingEntry] = [level, format]
    }

    /// The keys of each vendor, whatever its kind.
    enum Vendor {
        static let kind = SettingKey<VendorSettings.Kind?>(
            "kind", .choice(), absent: "required", "Which API the vendor speaks.")
        static let baseURL = SettingKey(
            "base_url", .baseURL, absent: "by kind",
            "Where the API is: https, or http on this machine.")
        static let apiKey = SettingKey(
            "api_key", .secret, absent: "required",
            "Where the account's key is: an environment variable or a file.")
        static let enabled = SettingKey(
            "enabled", .boolean, true, "Whether new orders may go to it; orders that it has are followed either way.")
        static let timeout = SettingKey(
            "timeout", .duration(.milliseconds(1) ... .seconds(3600)), absent: "30s, legacy 120s",
            "How long a call may take.")
        static let connectTimeout = SettingKey(
            "connect_timeout", .duration(.milliseconds(1) ... .seconds(60)), .seconds(3),
            "How long a connection may take to come about.")
        static let caFile = SettingKey(
            "ca_file", .text("the path of a file"), absent: "none",
            "A PEM file with authorities that are trusted besides the system's, as behind a proxy that looks into TLS.")
        static let followInterval = SettingKey(
            "follow_interval", .duration(.milliseconds(1) ... .seconds(86_400)), VendorPolicy().followInterval,
            "How often sold goods that are not ready are looked for.")
        static let settleTime = SettingKey(
            "settle_time", .duration(.milliseconds(1) ... .seconds(604_800)), VendorPolicy().settleTime,
            "How long evidence is read before an unknown outcome is given to a person.")
        static let balanceInterval = SettingKey(
            "balance_interval", .duration(.zero ... .seconds(604_800)), VendorPolicy().balanceInterval,
            "How old its balance gets before it is read without anybody asking; 0s: only when somebody asks.")
        static let all: [any SettingEntry] = [
            kind, baseURL, apiKey, enabled, timeout, connectTimeout, caFile, followInterval, settleTime,
            balanceInterval,
        ]
    }

    /// The keys of `breaker`, in each vendor.
    enum Breaker {
        static let failures = SettingKey(
            "failures", .integer(1...1000), VendorPolicy().breakerFailures,
            "How many failures in a row make Purser leave the vendor alone.")
        static let rest = SettingKey(
            "rest", .duration(.milliseconds(1) ... .seconds(86_400)), VendorPolicy().breakerRest,
            "How long it is left alone before it is tried again.")
        static let all: [any SettingEntry] = [failures, rest]
    }

    /// The further keys of a vendor of the kind `helodata`.
    enum HeloData {
        static let maxInFlight = SettingKey(
            "max_in_flight", .integer(1...1000), 32, "How many purchases may be in flight at once.")
        static let idempotency = SettingKey(
            "idempotency", .boolean, true,
            "Whether the vendor is trusted to honour its idempotency key; false means never to send twice.")
        static let resendWindow = SettingKey(
            "resend_window", .duration(.milliseconds(1) ... .seconds(2_592_000)), VendorPolicy().resendWindow,
            "How long a purchase that ended unknown may be sent again with the same key.")
        static let resendPause = SettingKey(
            "resend_pause", .duration(.milliseconds(1) ... .seconds(3600)), VendorPolicy().resendPause,
            "The pause before the first resend; it doubles, with jitter.")
        static let resendPauseMax = SettingKey(
            "resend_pause_max", .duration(.milliseconds(1) ... .seconds(86_400)), VendorPolicy().resendPauseMax,
            "The longest pause between resends.")
        static let all: [any SettingEntry] = [maxInFlight, idempotency, resendWindow, resendPause, resendPauseMax]
    }

    /// The keys of `prices`, in a vendor of the kind `helodata`.
    enum Prices {
        static let residentialGB = SettingKey(
            "residential_gb", .price, absent: "none", "US dollars for a gigabyte, residential.")
        static let mobileGB = SettingKey(
            "mobile_gb", .price, absent: "none", "US dollars for a gigabyte, mobile.")
        static let ispIPMonth = SettingKey(
            "isp_ip_month", .price, absent: "none", "US dollars for an ISP address and a month.")
        static let all: [any SettingEntry] = [residentialGB, mobileGB, ispIPMonth]
    }

    /// The further keys of a vendor of the kind `legacy`.
    enum Legacy {
        static let goal = SettingKey(
            "goal", .text("a purpose such as scraping"), absent: "none",
            "The purpose that is stated for orders which state none.")
        static let all: [any SettingEntry] = [goal]
    }
}

/// HeloData says no.
///
/// The statuses and codes for balance, KYC, inventory and quantity are documented (`/api-reference/orders`), as are 429
/// and the flat body (`/api-reference/rate-limits`). The other codes, and that all errors share that body, are assumed.
struct HeloDataRefusal: Error, Hashable {
    let status: Int
    let code: String
    let message: String

    static let insufficientBalance = HeloDataRefusal(
        status: 409, code: "insufficient_balance", message: "Account balance can't cover the order")
    static let kycRequired = HeloDataRefusal(
        status: 409, code: "kyc_required", message: "KYC needed before ordering this product")
    static let insufficientInventory = HeloDataRefusal(
        status: 422, code: "insufficient_inventory", message: "Not enough IPs in the requested geo/ASN")
    static let quantityOutOfRange = HeloDataRefusal(
        status: 422, code: "quantity_out_of_range", message: "Quantity below 5 or above 5000")
    static let rateLimited = HeloDataRefusal(status: 429, code: "rate_limited", message: "API rate limit exceeded")
    /// Assumed: 401 is documented, its code is not.
    static let unauthorized = HeloDataRefusal(status: 401, code: "unauthorized", message: "Invalid API token")
    /// Assumed.
    static let notFound = HeloDataRefusal(status: 404, code: "not_found", message: "No such resource")
    /// Assumed: what a reused key gives is not documented.
    static let keyReused = HeloDataRefusal(
        status: 409, code: "idempotency_key_reused", message: "Idempotency-Key was used with another body")

    /// Assumed, as are all that follow: what a change is refused with is not documented. The settings can give each
    /// another status and code.
    static let refreshUsed = HeloDataRefusal(
        status: 409, code: "refresh_already_used", message: "Batch was refreshed in this billing period")
    static let batchNotReady = HeloDataRefusal(
        status: 409, code: "batch_provisioning", message: "Batch is still being provisioned")
    static let batchExpired = HeloDataRefusal(
        status: 409, code: "batch_expired", message: "Batch is past its billing period; renew it first")
    static let batchReleased = HeloDataRefusal(status: 409, code: "batch_released", message: "Batch was released")
    static let ipReleased = HeloDataRefusal(status: 409, code: "ip_released", message: "IP went back to the pool")
    static let ipNotReady = HeloDataRefusal(
        status: 409, code: "ip_provisioning", message: "Replacement is still being provisioned")
    static let whitelistFull = HeloDataRefusal(
        status: 422, code: "whitelist_limit_reached", message: "Batch whitelist is full")
    static let whitelistDuplicate = HeloDataRefusal(
        status: 409, code: "whitelist_duplicate", message: "Already on the batch whitelist")

    /// Those whose status and code are the sandbox's own.
    static let madeUp = [
        unauthorized, notFound, keyReused, invalid(""), refreshUsed, batchNotReady, batchExpired, batchReleased,
        ipReleased, ipNotReady, whitelistFull, whitelistDuplicate,
    ]

    /// The refusal that has a code, so that a fault which names only that is answered with its status and words; without
    /// one, the first of the documented ones.
    static func standard(for code: String?) -> HeloDataRefusal {
        let documented = [kycRequired, insufficientInventory, quantityOutOfRange, rateLimited]
        return (documented + madeUp).first { $0.code == code } ?? insufficientBalance
    }

    /// Assumed: no validation error is documented.
    static func invalid(_ message: String) -> HeloDataRefusal {
        HeloDataRefusal(status: 400, code: "invalid_request", message: message)
    }
}

/// The vendors' calls, by the names that the books and the faults use for them.
public enum SandboxCall: String, Sendable, Hashable, CaseIterable {
    /// HeloData `POST /v1/orders`; legacy `POST …/order`.
    case order
    /// Legacy `POST …/calculate/order`.
    case calculate
    /// Legacy `GET …/ipAddress`.
    case ipAddress
    /// Legacy `GET …/balance`.
    case balance
    /// Legacy `GET …/rentPeriod`.
    case rentPeriod
    /// Legacy `GET …/promoCode`.
    case promoCode
    /// Legacy `GET …/proxyType`.
    case proxyType
    /// Legacy `GET …/country`.
    case country
    /// Legacy `GET …/mobileOperator`.
    case mobileOperator
    /// HeloData `GET /v1/isp/inventory`.
    case inventory
    /// HeloData `GET /v1/isp/batches`.
    case batches
    /// HeloData `GET /v1/isp/batches/{id}`.
    case batch
    /// HeloData `GET /v1/isp/batches/{id}/ips`.
    case ips
    /// HeloData `GET /v1/users/me`.
    case me
    /// A path that the vendor does not have.
    case other
    /// In a fault only: whichever call comes next.
    case any
}

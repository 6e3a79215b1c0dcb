/// The vendors' calls, by the names that the books and the faults use for them.
public enum SandboxCall: String, Sendable, Hashable, CaseIterable {
    /// HeloData `POST /v1/orders`; legacy `POST …/order`.
    case order
    /// Legacy `POST …/calculate/order`.
    case calculate
    /// Legacy `POST …/calculate/extend`.
    case calculateExtend
    /// Legacy `POST …/calculate/extend/order`.
    case calculateExtendOrder
    /// Legacy `POST …/extend`.
    case extend
    /// Legacy `POST …/extend/order`.
    case extendOrder
    /// Legacy `POST …/extend/auto`.
    case autoExtend
    /// Legacy `POST …/extend/order/auto`.
    case autoExtendOrder
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
    /// HeloData `POST /v1/isp/batches/{id}/refresh`.
    case refresh
    /// HeloData `POST /v1/isp/batches/{id}/renew`.
    case renew
    /// HeloData `POST /v1/isp/batches/{id}/rotate-password`.
    case rotatePassword
    /// HeloData `DELETE /v1/isp/batches/{id}`.
    case release
    /// HeloData `POST /v1/isp/ips/{ip_id}/replace`.
    case replace
    /// HeloData `GET /v1/isp/batches/{id}/whitelist`.
    case whitelist
    /// HeloData `POST /v1/isp/batches/{id}/whitelist`.
    case whitelistAdd
    /// HeloData `DELETE /v1/isp/batches/{id}/whitelist/{entry}`.
    case whitelistRemove
    /// HeloData `GET /v1/users/me`.
    case me
    /// A path that the vendor does not have.
    case other
    /// In a fault only: whichever call comes next.
    case any
}

extension SandboxCall {
    /// What a fault may name at either vendor.
    private static let shared: [SandboxCall] = [.order, .other, .any]

    /// What a fault may name at HeloData.
    static let atHeloData: [SandboxCall] =
        shared + [
            .inventory, .batches, .batch, .ips, .refresh, .renew, .rotatePassword, .release, .replace, .whitelist,
            .whitelistAdd, .whitelistRemove, .me,
        ]

    /// What a fault may name at the legacy vendor.
    static let atLegacy: [SandboxCall] =
        shared + [
            .calculate, .calculateExtend, .calculateExtendOrder, .extend, .extendOrder, .autoExtend, .autoExtendOrder,
            .ipAddress, .balance, .rentPeriod, .promoCode, .proxyType, .country, .mobileOperator,
        ]
}

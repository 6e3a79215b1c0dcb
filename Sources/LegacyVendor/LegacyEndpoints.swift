import ExactJSON
import VendorHTTP

/// The vendor's calls, as far as Purser makes them; the key is a segment of each path (/api-reference/create-an-order).
struct LegacyEndpoints: Sendable {
    /// How long each call may take.
    let timeout: Duration

    /// `POST order`: buys. Nothing makes a second one the same purchase, so it is never sent twice.
    func order(body: [UInt8], traceparent: String?) -> VendorRequest {
        var request = request(.purchase, .post(body), ["order"])
        request.traceparent = traceparent
        return request
    }

    /// `POST calculate/order`: price, warnings and balance; spends nothing
    /// (/api-reference/price-calculation/calculate-an-order).
    func quote(body: [UInt8], traceparent: String?) -> VendorRequest {
        var request = request(.read, .post(body), ["calculate", "order"])
        request.traceparent = traceparent
        return request
    }

    /// `POST calculate/extend` and `POST calculate/extend/order`: what extending would cost; spends nothing
    /// (/api-reference/price-calculation/extend-by-ips, /api-reference/price-calculation/extend-by-orders-id).
    func quote(_ wanted: LegacyExtension, traceparent: String?) -> VendorRequest {
        let call: [VendorPathComponent] = ["calculate", "extend"] + (wanted.isWhole ? ["order"] : [])
        var request = request(.read, .post(wanted.body.bytes), call)
        request.traceparent = traceparent
        return request
    }

    /// `POST extend`, `extend/order`, `extend/auto` and `extend/order/auto`: extends, or has the vendor do it by itself. As
    /// with an order, nothing makes a second one the same, so it is never sent twice
    /// (/api-reference/extend/extend-by-ip-addresses, /api-reference/auto-extend/auto-extend-by-order-ids).
    func extend(_ wanted: LegacyExtension, traceparent: String?) -> VendorRequest {
        var call: [VendorPathComponent] = ["extend"]
        if wanted.isWhole { call.append("order") }
        if wanted.autoExtend != nil { call.append("auto") }
        var request = request(.purchase, .post(wanted.body.bytes), call)
        request.traceparent = traceparent
        return request
    }

    /// `GET balance` (/api-reference/balance).
    func balance() -> VendorRequest { request(.read, .get, ["balance"]) }

    /// `GET ipAddress`: every IP of the account. The page is in the vendor's menu ("Get all") and in no stored copy; the
    /// path is known from a reseller's client.
    func goods() -> VendorRequest { list(["ipAddress"]) }

    /// `GET ipAddress?proxyType=IPv4`: every IP of a type, known from the same client.
    func goods(of type: LegacyProxyType) -> VendorRequest { list(["ipAddress"], type) }

    /// `GET country?proxyType=IPv4`: the countries of a type. The page is in the vendor's menu and in no stored copy; the
    /// path is known from a reseller's client.
    func countries(of type: LegacyProxyType) -> VendorRequest { list(["country"], type) }

    /// `GET rentPeriod?proxyType=IPv4` (/api-reference/rent-period).
    func rentPeriods(of type: LegacyProxyType) -> VendorRequest { list(["rentPeriod"], type) }

    /// `GET promoCode`: the codes of the account (/api-reference/promo-codes).
    func promoCodes() -> VendorRequest { list(["promoCode"]) }

    /// `GET mobileOperator`: the operators of all countries. The page is in no stored copy; the path, without a query, is
    /// known from a reseller's client.
    func mobileOperators() -> VendorRequest { list(["mobileOperator"]) }

    private func list(_ call: [VendorPathComponent], _ type: LegacyProxyType? = nil) -> VendorRequest {
        var request = request(.read, .get, call)
        request.bodyLimit = VendorRequest.listBodyLimit
        if let type { request.query = [VendorQueryItem("proxyType", type.rawValue)] }
        return request
    }

    private func request(
        _ purpose: VendorRequest.Purpose, _ action: VendorRequest.Action, _ call: [VendorPathComponent]
    ) -> VendorRequest {
        var request = VendorRequest(
            purpose, action, ["client", "api", "v1", .credential] + call, deadline: timeout)
        request.wantedHeaders = RetryAfter.headers.union(VendorClock.headers)
        return request
    }
}

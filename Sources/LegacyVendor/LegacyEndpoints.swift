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

    /// `GET balance` (/api-reference/balance).
    func balance() -> VendorRequest { request(.read, .get, ["balance"]) }

    /// `GET ipAddress`: every IP of the account. The page is in the vendor's menu ("Get all") and in no stored copy; the
    /// path is known from a reseller's client.
    func goods() -> VendorRequest {
        var request = request(.read, .get, ["ipAddress"])
        request.bodyLimit = VendorRequest.listBodyLimit
        return request
    }

    private func request(
        _ purpose: VendorRequest.Purpose, _ action: VendorRequest.Action, _ call: [VendorPathComponent]
    ) -> VendorRequest {
        var request = VendorRequest(
            purpose, action, ["client", "api", "v1", .credential] + call, deadline: timeout)
        request.wantedHeaders = RetryAfter.headers
        return request
    }
}

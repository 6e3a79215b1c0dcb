import Purchasing
import VendorHTTP

/// HeloData's calls, as far as Purser makes them (/api-reference/orders; /users/me: /api-reference/users).
struct HeloDataEndpoints: Sendable {
    /// How long each call may take.
    let timeout: Duration

    /// `POST /orders`: buys.
    func order(body: [UInt8], key: String?, traceparent: String?) -> VendorRequest {
        var request = request(.purchase, .post(body), ["orders"])
        request.idempotencyKey = key
        request.traceparent = traceparent
        return request
    }

    /// `GET /users/me`: the account, its balance and its KYC status.
    func account() -> VendorRequest { request(.read, .get, ["users", "me"]) }

    /// `GET /isp/batches`: every batch. The parameter of the next page is not documented; `cursor` is assumed from the
    /// `next_cursor` of the other lists (/api-reference/sub-users).
    func batches() -> VendorRequest { list(["isp", "batches"]) }

    /// `GET /isp/batches/{id}`.
    func batch(_ id: VendorPathComponent) -> VendorRequest { request(.read, .get, ["isp", "batches", id]) }

    /// `GET /isp/batches/{id}/ips?format=json`; which format is the default is not documented, so it is named.
    func ips(of id: VendorPathComponent) -> VendorRequest {
        var request = list(["isp", "batches", id, "ips"])
        request.query = [VendorQueryItem("format", "json")]
        return request
    }

    /// `GET /isp/batches/{id}/ips?format=csv`: the same as a download, which can be read as it arrives and names its columns
    /// (/products/overview-2/proxy-list-format).
    func download(of id: VendorPathComponent) -> VendorRequest {
        var request = request(.read, .get, ["isp", "batches", id, "ips"])
        request.query = [VendorQueryItem("format", "csv")]
        request.accept = .csv
        request.bodyLimit = VendorHTTPClient.downloadLimit
        return request
    }

    /// `GET /isp/inventory?country=us&asn=7922` (/api-reference/orders): both filters are optional, and without them it
    /// tells every country (/products/overview-2/locations). Countries are written as in orders.
    func inventory(country: Country?, asn: Int?) -> VendorRequest {
        var request = list(["isp", "inventory"])
        if let country { request.query.append(VendorQueryItem("country", country.alpha2.lowercased())) }
        if let asn { request.query.append(VendorQueryItem("asn", String(asn))) }
        return request
    }

    func list(_ path: [VendorPathComponent]) -> VendorRequest {
        var request = request(.read, .get, path)
        request.bodyLimit = VendorRequest.listBodyLimit
        return request
    }

    func request(
        _ purpose: VendorRequest.Purpose, _ action: VendorRequest.Action, _ path: [VendorPathComponent]
    ) -> VendorRequest {
        var request = VendorRequest(purpose, action, path, deadline: timeout)
        request.wantedHeaders = RetryAfter.headers.union(VendorClock.headers)
        return request
    }
}

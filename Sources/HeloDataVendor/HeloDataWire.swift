import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

/// The body of `POST /orders` (/api-reference/orders): the documented fields in the documented order, and no others.
enum HeloDataOrderBody {
    static func bytes(for request: OrderRequest) -> [UInt8] {
        switch request.shape {
        case .residential, .mobileByGB, .mobileByIP, .ipv4, .ipv6: bandwidth(request).bytes
        case .isp: isp(request).bytes
        }
    }

    private static func bandwidth(_ request: OrderRequest) -> JSON {
        .object([
            ("product", .string(request.product.rawValue)),
            ("gb", request.gb.flatMap { JSONNumber(decimal: $0.text(places: 0)) }.map(JSON.number)),
        ])
    }

    private static func isp(_ request: OrderRequest) -> JSON {
        .object([
            ("product", .string(request.product.rawValue)),
            ("country", request.country.map { .string($0.alpha2.lowercased()) }),
            ("city", request.city.map(JSON.string)),
            ("asn", request.asn.map(JSON.int)),
            ("quantity", request.quantity.map(JSON.int)),
            ("months", request.rental?.wholeMonths.map(JSON.int)),
            ("subuser", request.subuser.map(JSON.string)),
        ])
    }
}

/// The code and the message of an error. The one body that is shown is flat: `{"code","message","request_id"}`
/// (/api-reference/rate-limits); an `error` object around them is assumed to mean the same.
struct HeloDataErrorAnswer {
    let code: String?
    let message: String?

    init(_ json: JSON?) {
        let error = json?["code"] == nil ? json?["error"] : json
        code = error?["code"]?.string
        message = error?["message"]?.string
    }
}

/// A batch of ISP IPs. No page shows one: every spelling here is assumed, from the order answer (`batch_id`, `quantity`,
/// `expires_at`, /api-reference/orders) and from the vendor's other lists.
struct HeloDataBatch: Sendable, Hashable {
    let id: String
    let orderID: String?
    let status: String?
    let quantity: Int?
    let country: Country?
    /// In the form of orders: `newyork`.
    let city: String?
    let asn: Int?
    let product: String?
    let createdAt: Date?
    let expiresAt: Date?
    let json: JSON

    /// Nil when this is no object or has no readable id.
    init?(_ json: JSON) {
        guard let id = json.first(of: "batch_id", "batchId", "id")?.visibleToken else { return nil }
        self.init(json, id: id)
    }

    private init(_ json: JSON, id: String) {
        self.id = id
        orderID = json.first(of: "order_id", "orderId", "order")?.visibleToken
        status = json.first(of: "status", "state")?.string
        quantity =
            json.first(of: "quantity", "count", "ips_count", "ip_count", "size")?.int ?? json["ips"]?.array?.count
        country = (json.first(of: "country", "country_code")?.string).flatMap(Country.init)
        city = json.first(of: "city").flatMap(HeloDataStockFields.city)
        asn = json.first(of: "asn").flatMap(HeloDataStockFields.asn)
        product = json.first(of: "product")?.string
        createdAt = (json.first(of: "created_at", "createdAt", "starts_at")?.string).flatMap(Date.init(rfc3339:))
        expiresAt = (json.first(of: "expires_at", "expiresAt")?.string).flatMap(Date.init(rfc3339:))
        self.json = json
    }

    /// What the batch says of its IPs; nil when it has no status that we know. The words are assumed: an order goes from
    /// `provisioning` to `completed` (/api-reference/orders), a subscription is `active` (/api-reference/subscriptions).
    var isReady: Bool? {
        switch status {
        case "active", "ready", "completed": true
        case "provisioning", "pending", "queued": false
        default: isTakenBack ? false : nil
        }
    }

    /// The status where it is none of the words above, at most 64 characters of it; nil where there is none.
    var undocumentedStatus: String? {
        switch status {
        case "active", "ready", "completed", "provisioning", "pending", "queued", "", nil: nil
        case let word?: String(word.prefix(64))
        }
    }

    /// Whether the vendor says that there is nothing to wait for. No cancelled, failed or refunded state is documented
    /// (/api-reference/orders), so the words are guesses; what they mean for the money is for a person to find out.
    private var isTakenBack: Bool {
        switch status?.lowercased() {
        case "refunded", "partially_refunded", "failed", "rejected", "voided", "reversed", "suspended", "disabled": true
        default: isReleased
        }
    }

    /// The batch inside the answer to `GET /isp/batches/{id}`: the object itself, or inside `data` or `batch`.
    static func inside(_ answer: VendorAnswer) -> HeloDataBatch? {
        guard let json = answer.json else { return nil }
        let wrapped = json.first(of: "data", "batch")
        return wrapped.flatMap { HeloDataBatch($0) } ?? HeloDataBatch(json)
    }

    /// The batch that was asked for, inside the answer to `GET /isp/batches/{id}`; one that does not repeat its id is taken
    /// for it when it has a status or an end. Nil when the answer shows no batch, or another one.
    static func asked(_ id: String, inside answer: VendorAnswer) -> HeloDataBatch? {
        if let batch = inside(answer) { return batch.id == id ? batch : nil }
        guard let json = answer.json, let object = json.first(of: "data", "batch") ?? json.object.map(JSON.object)
        else { return nil }
        let batch = HeloDataBatch(object, id: id)
        return batch.status != nil || batch.expiresAt != nil ? batch : nil
    }

    /// Whether the vendor says that it is given back for good. The words are assumed; the pages only tell that IPs go back
    /// to the pool (`ip-released`, /products/overview-2/error-definitions). One that is expired can still be renewed.
    var isReleased: Bool {
        switch status?.lowercased() {
        case "released", "deleted", "terminated", "canceled", "cancelled", "removed": true
        default: json.first(of: "released_at", "releasedAt", "deleted_at", "deletedAt") != nil
        }
    }
}

/// One IP of a batch, as `format=json` shows it (/products/overview-2/proxy-list-format, documented for the dashboard's
/// download): `ip`, `port`, `user`, `pass`, `country`, `city`, `asn`. The credentials are not read.
struct HeloDataIP: Sendable, Hashable {
    let address: String
    /// Address and port, as text.
    let endpoint: String
    /// What `POST /isp/ips/{ip_id}/replace` calls it. No sample shows one: `id` and `ip_id` are assumed.
    let id: String?
    let country: Country?
    /// As the list spells it: `New York`.
    let city: String?
    let asn: Int?

    /// Nil when this is no object with an address.
    init?(_ json: JSON) {
        guard let address = json["ip"]?.visibleToken else { return nil }
        self.address = address
        endpoint = address + ":" + (json["port"]?.number?.literal ?? json["port"]?.string ?? "")
        let id = json.first(of: "ip_id", "ipId", "id")
        self.id = id?.visibleToken ?? id?.number?.literal
        country = (json["country"]?.string).flatMap(Country.init)
        city = json["city"]?.string
        asn = json["asn"]?.int
    }

    /// Whether this is an IP of another place or network than was ordered, as far as it says.
    func isSubstitute(for request: OrderRequest) -> Bool {
        if let country, country != request.country { return true }
        if let asn, let asked = request.asn, asn != asked { return true }
        // Orders spell a city in lower case without blanks (/api-reference/orders).
        if let city, !city.isEmpty, let asked = request.city, Self.letters(city) != Self.letters(asked) { return true }
        return false
    }

    private static func letters(_ city: String) -> String { city.lowercased().filter(\.isLetter) }
}

/// One page of a list. Documented envelopes: `{"data":[…],"next_cursor":null}` (/api-reference/sub-users) and, for IPs, a
/// bare array; `batches`, `ips`, `items`, `entries` and `whitelist` instead of `data` are assumed.
struct HeloDataPage: Sendable, Hashable {
    let elements: [JSON]

    /// Nil when this is no list.
    init?(_ json: JSON) {
        let listed = json.first(of: "data", "batches", "ips", "items", "entries", "whitelist")
        guard let elements = json.array ?? listed?.array else { return nil }
        self.elements = elements
    }
}

/// Where a list goes on, as `next_cursor` says (/api-reference/sub-users); `has_more` is assumed.
enum HeloDataNextPage: Sendable, Hashable {
    case end
    case at(cursor: String)
    /// The page says that it is not the whole, and not readably where it goes on.
    case untold

    init(_ page: JSON) {
        let cursor = page.first(of: "next_cursor", "nextCursor")
        let saysMore = page.first(of: "has_more", "hasMore")?.bool ?? false
        switch cursor?.string {
        case .some("") where !saysMore: self = .end
        case .some(let cursor) where !cursor.isEmpty: self = .at(cursor: cursor)
        case nil where cursor == nil && !saysMore: self = .end
        default: self = .untold
        }
    }
}

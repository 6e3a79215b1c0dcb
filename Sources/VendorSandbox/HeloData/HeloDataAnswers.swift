extension SandboxAnswer {
    /// The flat error body of `/api-reference/rate-limits`.
    static func heloData(_ refusal: HeloDataRefusal, requestID: String) -> SandboxAnswer {
        let body: SandboxJSON = [
            "code": .string(refusal.code), "message": .string(refusal.message), "request_id": .string(requestID),
        ]
        return .json(body, status: refusal.status, refusal: refusal.code)
    }

    /// The bandwidth sample of `/api-reference/orders`. That the status is 201 is assumed.
    static func bandwidthOrder(
        _ sale: SandboxSale, pricePerGigabyte: SandboxDecimal, at now: SandboxTime
    ) -> SandboxAnswer {
        let gigabytes = SandboxJSON.number((sale.gigabytes ?? .zero).shortText)
        let body: SandboxJSON = [
            "id": .string(sale.order), "product": .string(sale.product), "status": "completed",
            "total_usd": .money(sale.price),
            "details": ["gb": gigabytes, "price_per_gb": .money(pricePerGigabyte)],
            "created_at": .string(now.secondsText),
        ]
        return .json(body, status: 201)
    }

    /// The ISP sample of `/api-reference/orders`: `batch_id` inside `details`, and no `created_at`.
    /// That a city or network that was not asked for is null is assumed.
    static func ispOrder(_ sale: SandboxSale, _ batch: HeloDataBatch) -> SandboxAnswer {
        let details: SandboxJSON = [
            "batch_id": .string(batch.id), "quantity": .integer(batch.order.quantity),
            "country": .string(batch.order.country), "city": .optional(batch.order.city),
            "asn": .optional(batch.order.asn), "expires_at": .string(batch.expiresAt.secondsText),
        ]
        let body: SandboxJSON = [
            "id": .string(sale.order), "product": "isp", "status": "provisioning", "total_usd": .money(sale.price),
            "details": details,
        ]
        return .json(body, status: 201)
    }
}

extension HeloDataState {
    /// The batch object is not documented: every name here but `id` is assumed, after the order's `details`.
    func json(of batch: HeloDataBatch, at now: SandboxTime) -> SandboxJSON {
        var object = JSONObject()
        object.add("id", .string(batch.id))
        if settings.batchCarriesOrderId { object.add("order_id", .string(batch.orderID)) }
        if settings.batchCarriesStatus {
            object.add("status", .string(batch.stated ?? stage(of: batch, at: now).rawValue))
        }
        object.add("country", .string(batch.order.country))
        object.add("city", .optional(batch.order.city))
        object.add("asn", .optional(batch.order.asn))
        object.add("quantity", .integer(batch.order.quantity))
        object.add("subuser", .optional(batch.order.subuser))
        object.add("created_at", .string(batch.soldAt.secondsText))
        object.add("expires_at", .string(batch.expiresAt.secondsText))
        return object.json
    }

    /// `GET /users/me` (`/api-reference/users`).
    var me: SandboxJSON {
        [
            "id": "usr_01HX2K3PQ4M5", "email": "you@example.com", "company": .null, "plan": .string(settings.plan),
            "kyc_status": .string(settings.kycStatus), "created_at": "2026-01-15T10:00:00Z",
            "balance": ["currency": .string(settings.currency), "amount": .money(ledger.balance)],
        ]
    }

    /// `GET /isp/batches`: newest first, `{"data","next_cursor"}` as other lists have it (`/api-reference/sub-users`).
    /// The parameter `cursor` and the order are assumed.
    func page(after cursor: String?, at now: SandboxTime) -> SandboxJSON {
        let end = cursor.flatMap { Int($0) } ?? batches.count
        let listed = batches.indices.prefix(max(0, end)).reversed().lazy.filter { isListed(batches[$0], at: now) }
        let found = Array(listed.prefix(settings.pageSize + 1))
        let page = found.prefix(settings.pageSize)
        let more = found.count > page.count
        return [
            "data": .array(page.map { json(of: batches[$0], at: now) }),
            "next_cursor": more ? .optional(page.last.map(String.init)) : .null,
        ]
    }

    /// `GET /isp/inventory`: available quantity, cities and price per ASN (`/api-reference/orders`), and per country
    /// (`/products/overview-2/locations`). No sample is readable: all names are assumed.
    func inventory(country: String?, asn: String?) -> SandboxJSON {
        let rows = settings.stock.filter { stock in
            (country ?? stock.country) == stock.country && (asn ?? String(stock.asn)) == String(stock.asn)
        }
        let countries = rows.map(\.country).firstOfEach
        return ["data": .array(countries.map { code in Self.row(code, rows.filter { $0.country == code }) })]
    }

    private static func row(_ country: String, _ rows: [HeloDataStock]) -> SandboxJSON {
        let networks = rows.map(\.asn).firstOfEach.map { asn -> SandboxJSON in
            let own = rows.filter { $0.asn == asn }
            return .object([.init("asn", .integer(asn))] + summary(own))
        }
        return .object([.init("country", .string(country))] + summary(rows) + [.init("asns", .array(networks))])
    }

    private static func summary(_ rows: [HeloDataStock]) -> [SandboxJSON.Member] {
        [
            .init("available", .integer(rows.reduce(0) { $0 + $1.available })),
            .init("price_usd", .money(rows.map(\.price).min() ?? .zero)),
            .init("cities", .array(rows.map(\.city).firstOfEach.map(SandboxJSON.string))),
        ]
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, where it comes first.
    fileprivate var firstOfEach: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

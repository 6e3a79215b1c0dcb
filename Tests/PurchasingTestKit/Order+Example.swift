import ExactJSON
public import Foundation
public import Purchasing

extension Date {
    /// The instant at which examples happen: 28 May 2026, 10:00 UTC.
    public static let example = Date(milliseconds: 1_779_962_400_000)
}

extension IdentifierSource {
    /// Ids for examples: in the order in which they are asked for, all of one millisecond.
    public static let examples = IdentifierSource(milliseconds: { 1_779_962_400_000 })
}

extension OrderRequest {
    /// A request that a reader of requests accepts.
    public static func example(
        product: Product = .isp, country: String = "US", quantity: Int = 20, vendor: VendorChoice = .auto,
        maxTotal: Money? = nil, metadata: [Label] = []
    ) -> OrderRequest {
        var request = OrderRequest(product: product, vendor: vendor, maxTotal: maxTotal, metadata: metadata)
        switch product {
        case .residential:
            request.gb = Millionths(5_000_000)
            return request
        case .mobile:
            request.mobileOperator = "tmobile"
            request.rotationSeconds = 300
        case .ipv6:
            request.proxyProtocol = .http
        case .isp, .ipv4:
            break
        }
        request.quantity = quantity
        request.country = Country(country)
        request.rental = .months(1)
        return request
    }
}

extension Order {
    /// A new order, not yet stored. Each has its own id and, unless one is given, its own key.
    public static func example(
        id: OrderID = IdentifierSource.examples.next(.order), client: String = "acme",
        idempotencyKey: String? = IdentifierSource.examples.next(.request).text,
        request: OrderRequest = .example(), requestID: String = "req_example", traceparent: String? = nil,
        routing: Routing = Routing(
            policy: .priority,
            candidates: [.init(vendor: "helodata", price: .usd(micros: 120_000_000), isChosen: true)]),
        createdAt: Date = .example
    ) -> Order {
        Order(
            id: id, client: client, idempotencyKey: idempotencyKey, request: request,
            fingerprint: request.fingerprint, requestID: requestID, traceparent: traceparent, routing: routing,
            createdAt: createdAt)
    }

    /// The order, as a store would give it back after a life that led to a status; no store need have seen that life.
    public func standing(
        _ status: OrderStatus, vendor: String? = "helodata", vendorOrderID: String? = "ord_vendor_1",
        batchID: String? = nil, total: Money? = .usd(micros: 120_000_000), version: Int = 3, eventCount: Int = 4,
        updatedAt: Date = .example
    ) -> Order {
        var order = self
        if status != .pending, status != .canceled {
            order.vendor = vendor
            order.attempts = [.example(vendor: vendor ?? "helodata", vendorKey: self.id.text)]
        }
        if status.moneyState == .spent {
            order.vendorOrderID = vendorOrderID
            order.batchID = batchID
            order.total = total
            order.totalSource = total == nil ? nil : .vendor
        }
        if status == .unknown { order.unknown = UnknownOutcome(since: updatedAt, reason: "deadline") }
        if status == .failed {
            order.problem = OrderProblem(code: .insufficientBalance, detail: "the vendor's account has no funds")
        }
        return Order(
            restoring: order, status: status, version: version, eventCount: eventCount, updatedAt: updatedAt,
            settledAt: status.isSettled ? updatedAt : nil)
    }
}

extension Attempt {
    /// An attempt that has begun.
    public static func example(
        number: Int = 1, vendor: String = "helodata", vendorKey: String? = nil,
        body: [UInt8] = Array(#"{"quantity":20}"#.utf8), quotedPrice: Money? = .usd(micros: 120_000_000),
        baseline: Baseline? = nil, startedAt: Date = .example
    ) -> Attempt {
        Attempt(
            number: number, vendor: vendor, vendorKey: vendorKey, body: body, quotedPrice: quotedPrice,
            baseline: baseline, startedAt: startedAt)
    }
}

extension ClientKey {
    /// A key with an id and a hash of its own.
    public static func example(
        id: Identifier = IdentifierSource.examples.next(.key), client: String = "acme", role: Role = .buyer,
        secretHash: [UInt8]? = nil, createdAt: Date = .example, revokedAt: Date? = nil
    ) -> ClientKey {
        ClientKey(
            id: id, client: client, role: role, secretHash: secretHash ?? Array((id.text + "..").utf8),
            createdAt: createdAt, revokedAt: revokedAt)
    }
}

extension OrderChange {
    /// The acceptance of an order.
    public static func accepting(_ order: Order) -> OrderChange { .accepting(order, ids: .examples) }

    /// A change that takes steps and then updates the order.
    ///
    /// Dispatching begins an attempt at the vendor, with the order's id as its key; losing the outcome notes the doubt.
    /// - Throws: `IllegalStep`.
    public static func example(
        _ order: Order, taking steps: OrderStep..., vendor: String = "helodata", at: Date = .example,
        update: (inout Order) -> Void = { _ in }
    ) throws(IllegalStep) -> OrderChange {
        var change = changing(order, ids: .examples, at: at)
        for step in steps {
            if step == .dispatched { change.update { $0.beginAttempt(at: vendor, startedAt: at) } }
            try change.take(step, cause: "example", data: ["step": .string(step.rawValue)])
            if step == .lost { change.update { $0.unknown = UnknownOutcome(since: at, reason: "deadline") } }
        }
        change.update(update)
        return change
    }
}

extension Order {
    fileprivate mutating func beginAttempt(at vendor: String, startedAt: Date) {
        self.vendor = vendor
        let number = self.attempts.count + 1
        self.attempts.append(.example(number: number, vendor: vendor, vendorKey: self.id.text, startedAt: startedAt))
    }
}

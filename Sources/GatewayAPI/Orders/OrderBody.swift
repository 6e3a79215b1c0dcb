import ExactJSON
import Purchasing

/// An order as callers read it.
///
/// Every member is always there, with `null` for what is not known, so that a reader never has to guess whether a name
/// was misspelt. The attempts' bodies and keys, the baseline and the trace are Purser's own affair.
struct OrderBody {
    let order: Order

    init(_ order: Order) { self.order = order }

    /// A member of the document: its name, and what writes its value.
    struct Member: Sendable {
        let name: StaticString
        let write: @Sendable (_ order: Order, _ output: inout JSONOutput) -> Void

        init(_ name: StaticString, _ write: @escaping @Sendable (_ order: Order, _ output: inout JSONOutput) -> Void) {
            self.name = name
            self.write = write
        }
    }

    /// Its members, in their order.
    static let members = [
        Member("id") { $1.string($0.id.text) },
        Member("status") { $1.string($0.status.rawValue) },
        Member("money_state") { $1.string($0.moneyState.rawValue) },
        Member("product") { $1.string($0.request.product.rawValue) },
        Member("vendor") { $1.string($0.vendor) },
        Member("vendor_order_id") { $1.string($0.vendorOrderID) },
        Member("vendor_order_number") { $1.string($0.vendorOrderNumber) },
        Member("batch_id") { $1.string($0.batchID) },
        Member("request") { $0.request.write(into: &$1, withMetadata: false) },
        Member("total") { $1.money($0.total) },
        Member("total_source") { $1.string($0.totalSource?.rawValue) },
        Member("held") { $1.money($0.held) },
        Member("refunded") { $1.money($0.refunded) },
        Member("routing") { $1.routing($0.routing) },
        Member("attempts") { $1.attempts($0.attempts) },
        Member("unknown") { $1.json($0.unknown?.json) },
        Member("error") { $1.json($0.problem?.json) },
        Member("flags") { $1.texts($0.flags) },
        Member("client") { $1.string($0.client) },
        Member("idempotency_key") { $1.string($0.idempotencyKey) },
        Member("metadata") { $1.labels($0.request.metadata) },
        Member("request_id") { $1.string($0.requestID) },
        Member("created_at") { $1.string($0.createdAt.rfc3339) },
        Member("updated_at") { $1.string($0.updatedAt.rfc3339) },
        Member("settled_at") { $1.string($0.settledAt?.rfc3339) },
        Member("expires_at") { $1.string($0.expiresAt?.rfc3339) },
        Member("auto_renew") { $1.json($0.autoRenewal?.autoRenewal) },
        Member("vendor_details") { $1.json($0.vendorDetails) },
    ]

    /// The document.
    var bytes: [UInt8] {
        var output = JSONOutput()
        output.order(order)
        return output.bytes
    }
}

extension JSONOutput {
    /// Writes an order with some of its members, in their usual order.
    mutating func order(_ order: Order, _ members: [OrderBody.Member] = OrderBody.members) {
        object { output in
            for member in members {
                output.name(member.name)
                member.write(order, &output)
            }
        }
    }

    /// Writes an amount with its currency, or `null` for nil.
    mutating func money(_ money: Money?) {
        guard let money else { return null() }
        object { output in
            output.name("amount")
            output.string(money.text)
            output.name("currency")
            output.string(money.currency)
        }
    }

    fileprivate mutating func routing(_ routing: Routing) {
        object { output in
            output.name("policy")
            output.string(routing.policy.rawValue)
            output.name("chosen")
            output.string(routing.chosen)
            output.name("candidates")
            output.array { output in
                for candidate in routing.candidates { output.candidate(candidate) }
            }
        }
    }

    private mutating func candidate(_ candidate: Routing.Candidate) {
        object { output in
            output.name("vendor")
            output.string(candidate.vendor)
            output.name("price")
            output.money(candidate.price)
            output.name("price_source")
            output.string(candidate.priceSource?.rawValue)
            output.name("price_as_of")
            output.string(candidate.priceAsOf?.rfc3339)
            output.name("unpriced")
            output.string(candidate.unpriced)
            output.name("chosen")
            output.bool(candidate.isChosen)
            output.name("ruled_out")
            output.string(candidate.ruledOut)
            output.name("unused")
            output.texts(candidate.unused)
        }
    }

    fileprivate mutating func attempts(_ attempts: [Attempt]) {
        array { output in
            for attempt in attempts { output.attempt(attempt) }
        }
    }

    private mutating func attempt(_ attempt: Attempt) {
        object { output in
            output.name("number")
            output.int(attempt.number)
            output.name("vendor")
            output.string(attempt.vendor)
            output.name("outcome")
            output.string(attempt.outcome?.rawValue)
            output.name("started_at")
            output.string(attempt.startedAt.rfc3339)
            output.name("ended_at")
            output.string(attempt.endedAt?.rfc3339)
        }
    }
}

extension RentalTime {
    /// How goods are renewed that are renewed by themselves, each time for as long.
    fileprivate var autoRenewal: JSON {
        switch self {
        case .months(let months): ["enabled": true, "months": .int(months)]
        case .days(let days): ["enabled": true, "days": .int(days)]
        }
    }
}

extension UnknownOutcome {
    var json: JSON {
        [
            "since": .string(since.rfc3339), "reason": .string(reason), "needs_review": .bool(needsReview),
            "findings": .array(findings.map(JSON.string)),
        ]
    }
}

extension OrderProblem {
    var json: JSON {
        ["code": .string(code.rawValue), "detail": .string(detail), "vendor": vendor?.json ?? .null]
    }
}

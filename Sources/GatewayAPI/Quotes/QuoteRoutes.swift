import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `POST /quotes`: what an order would cost at each vendor, and which `auto` would take now; spends nothing.
    func quoteOrder(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let request = try orderRequest(in: try await call.object())
        let quotation = try await purchaser.quotation(for: request, traceparent: TraceParent.of(call.request.headers))
        let body = QuotationBody(
            quotation, pause: purchaser.pause, budget: await purchaser.ownBudget(of: caller))
        return Response(.ok, body.json, headers: [.cacheControl: "no-store"])
    }
}

/// A quotation as callers see it.
struct QuotationBody {
    let json: JSON

    /// - Parameters:
    ///   - pause: why an order would not be taken now, whatever it costs; nil where it would.
    ///   - budget: what the order would be held against; nil where the caller's client has none.
    init(_ quotation: Quotation, pause: BuyingChange? = nil, budget: BudgetStanding? = nil) {
        json = [
            "policy": .string(quotation.policy.rawValue), "chosen": .optional(quotation.chosen),
            "data": .array(quotation.lines.map { Self.line($0, budget) }), "buying_paused": pause?.notice ?? .null,
        ]
    }

    private static func line(_ line: Quotation.Line, _ budget: BudgetStanding?) -> JSON {
        // Whoever cannot sell it needs no budget.
        let refusal = line.ruledOut == nil ? budget?.problem(with: line.price?.total) : nil
        return [
            "vendor": .string(line.vendor), "available": line.price?.available.map(JSON.int) ?? .null,
            "total": line.price?.total.json ?? .null, "unit_price": line.price?.unit?.json ?? .null,
            "price_source": .optional(line.price?.source.rawValue), "as_of": .optional(line.price?.asOf?.rfc3339),
            "unpriced": .optional(line.reason), "warnings": .array((line.price?.warnings ?? []).map(JSON.string)),
            "ruled_out": .optional(line.ruledOut), "unused": .array(line.unused.map(JSON.string)),
            "budget_problem": refusal.map { ["code": .string($0.code.rawValue), "detail": .string($0.detail)] }
                ?? .null,
        ]
    }
}

extension UnitPrice {
    /// `{"amount":"6.00","currency":"USD","per":"ip_month"}`.
    var json: JSON {
        ["amount": .string(money.text), "currency": .string(money.currency), "per": .string(unit.rawValue)]
    }
}

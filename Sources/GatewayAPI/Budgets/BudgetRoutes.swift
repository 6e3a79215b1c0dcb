import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /budgets`: every budget that the caller may see, as it stands now.
    func listBudgets(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let budgets = try await purchaser.budgets(for: caller)
        return Response(.ok, .list(budgets.map { BudgetBody($0, keys).json }), headers: [.cacheControl: "no-store"])
    }

    /// `GET /budgets/{client}`: a client's budget as it stands now.
    func showBudget(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let budget = try await purchaser.budget(of: call.names["client"] ?? "", for: caller)
        return Response(.ok, BudgetBody(budget, keys).json, headers: [.cacheControl: "no-store"])
    }

    /// `PUT /budgets/{client}`: sets a client's budget.
    func setBudget(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let client = call.names["client"] ?? ""
        var body = BodyReader(try await call.object(), fields: ["limit", "period", "reason"])
        let limit = body.amount("limit")
        if !body.has("limit") { body.fault("/limit", "required", "US dollars, such as \"500.00\"") }
        let period = body["period"]?.string.flatMap(BudgetPeriod.init)
        if period == nil {
            let periods = BudgetPeriod.allCases.map(\.rawValue).joined(separator: ", ")
            body.fault("/period", body.has("period") ? "invalid_choice" : "required", "one of \(periods)")
        }
        let reason = body.reason()
        try body.finish()
        guard let limit, let period else { throw .badBody([]) }
        let budget = try await purchaser.setBudget(
            of: client, limit: limit.amount, period: period, reason: reason, by: caller, requestID: call.requestID)
        return Response(.ok, BudgetBody(budget, keys).json, headers: [.cacheControl: "no-store"])
    }

    /// `DELETE /budgets/{client}`: removes a client's budget; answers its changes.
    func removeBudget(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let client = call.names["client"] ?? ""
        try await purchaser.removeBudget(of: client, by: caller, requestID: call.requestID)
        return try await budgetChanges(of: client, caller)
    }

    /// `GET /budgets/{client}/changes`: who changed a client's budget, when and why.
    func listBudgetChanges(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        try await budgetChanges(of: call.names["client"] ?? "", caller)
    }

    private func budgetChanges(of client: String, _ caller: Caller) async throws(Problem) -> Response {
        let changes = try await purchaser.budgetChanges(of: client, for: caller)
        return Response(.ok, .list(changes.map(\.json)), headers: [.cacheControl: "no-store"])
    }
}

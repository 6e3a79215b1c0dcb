import Logging

/// What clients may spend.
extension Purchaser {
    /// Every budget that a caller may see, as it stands now.
    /// - Throws: `Problem` `store_unavailable`.
    public func budgets(for caller: Caller) async throws(Problem) -> [BudgetStanding] {
        if caller.role == .buyer { return try await standingBudget(of: caller.client).map { [$0] } ?? [] }
        do throws(StoreError) { return try await floor.store.budgets(at: floor.timepiece.now()) } catch {
            throw Self.unreadable
        }
    }

    /// A client's budget as it stands now.
    /// - Throws: `Problem` `not_found` when it has none, or another client asks; `store_unavailable`.
    public func budget(of client: String, for caller: Caller) async throws(Problem) -> BudgetStanding {
        guard caller.role != .buyer || caller.client == client, let budget = try await standingBudget(of: client) else {
            throw Self.noBudget
        }
        return budget
    }

    /// The newest changes of a client's budget, the newest first, at most a hundred.
    /// - Throws: `Problem` `not_found` when there never was one, or another client asks; `store_unavailable`.
    public func budgetChanges(of client: String, for caller: Caller) async throws(Problem) -> [BudgetChange] {
        guard caller.role != .buyer || caller.client == client else { throw Self.noBudget }
        let changes: [BudgetChange]
        do throws(StoreError) { changes = try await floor.store.budgetChanges(of: client, limit: 100) } catch {
            throw Self.unreadable
        }
        guard !changes.isEmpty else { throw Self.noBudget }
        return changes
    }

    /// Sets a client's budget; once this returns nothing more is dispatched for which it has no room.
    /// - Throws: `Problem` `invalid_request` when no client can have that name, `store_unavailable`; nothing is changed then.
    public func setBudget(
        of client: String, limit: Millionths, period: BudgetPeriod, reason: String, by caller: Caller, requestID: String
    ) async throws(Problem) -> BudgetStanding {
        guard KeyRing.isClientName(client) else {
            let fault = Fault(.parameter("client"), "invalid_text", "1 to 64 letters, digits, dots, _ and -")
            throw Problem(
                .invalidRequest, "a client's name cannot be like this", moneyState: .unchanged, faults: [fault])
        }
        let order = BudgetOrder(
            client: client, limit: limit, period: period, reason: reason, by: caller.name, requestID: requestID,
            at: floor.timepiece.now())
        guard let budget = try await changeBudget(order) else { throw Self.unreadable }
        return budget
    }

    /// Removes a client's budget: from then on it may spend anything.
    /// - Throws: `Problem` `not_found` when it has none, `store_unavailable`; nothing is changed then.
    public func removeBudget(of client: String, by caller: Caller, requestID: String) async throws(Problem) {
        let order = BudgetOrder(
            client: client, limit: nil, reason: nil, by: caller.name, requestID: requestID, at: floor.timepiece.now())
        _ = try await changeBudget(order)
    }

    private func changeBudget(_ order: BudgetOrder) async throws(Problem) -> BudgetStanding? {
        let standing: BudgetStanding?
        do throws(StoreError) { standing = try await floor.store.changeBudget(order) } catch {
            if error == .conflict { throw Self.noBudget }
            throw Self.unreadable
        }
        floor.logger.notice(
            "a budget was changed",
            metadata: [
                "client": "\(order.client)", "limit": "\(order.limit?.text(places: 2) ?? "none")",
                "period": "\(order.period.rawValue)", "by": "\(order.by)", "request_id": "\(order.requestID)",
            ])
        return standing
    }

    private func standingBudget(of client: String) async throws(Problem) -> BudgetStanding? {
        do throws(StoreError) { return try await floor.store.budget(of: client, at: floor.timepiece.now()) } catch {
            throw Self.unreadable
        }
    }

    private static let noBudget = Problem(.notFound, "the client has no budget", moneyState: .unchanged)
}

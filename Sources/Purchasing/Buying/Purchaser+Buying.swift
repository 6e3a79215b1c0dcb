import Logging

/// Stopping to buy, and going on.
extension Purchaser {
    /// The pause that stands; nil while buying goes on. Costs nothing.
    public var pause: BuyingChange? { floor.gate.pause }

    /// Stops every new purchase: once this returns nothing more is dispatched.
    ///
    /// What was dispatched before goes to its end, resends of what is unknown with the vendor's key too: they find out what
    /// became of a purchase that is counted already. Orders that wait stay pending.
    /// - Returns: the newest changes, the newest first; a pause that stands already keeps its time.
    /// - Throws: `Problem` `store_unavailable`; nothing is changed then.
    public func pauseBuying(_ reason: String, by caller: Caller, requestID: String) async throws(Problem)
        -> [BuyingChange]
    {
        try await changeBuying(reason: reason, by: caller, requestID: requestID)
    }

    /// Lets buying go on; what waited is bought.
    /// - Returns: the newest changes, the newest first.
    /// - Throws: `Problem` `store_unavailable`; nothing is changed then.
    public func resumeBuying(by caller: Caller, requestID: String) async throws(Problem) -> [BuyingChange] {
        try await changeBuying(reason: nil, by: caller, requestID: requestID)
    }

    /// The newest changes, the newest first, at most a hundred.
    /// - Throws: `Problem` `store_unavailable`.
    public func buyingChanges() async throws(Problem) -> [BuyingChange] {
        do throws(StoreError) { return try await floor.store.buyingChanges(limit: 100) } catch { throw Self.unreadable }
    }

    private func changeBuying(reason: String?, by caller: Caller, requestID: String) async throws(Problem)
        -> [BuyingChange]
    {
        do throws(StoreError) {
            let change = try await floor.store.changeBuying(
                reason: reason, by: caller.name, requestID: requestID, at: floor.timepiece.now())
            floor.gate.learn(change)
        } catch {
            throw Self.unreadable
        }
        floor.logger.notice(
            reason == nil ? "buying goes on" : "buying is paused",
            metadata: ["by": "\(caller.name)", "reason": "\(reason ?? "")", "request_id": "\(requestID)"])
        return try await buyingChanges()
    }

    /// Learns whether buying was paused before this process began.
    func learnPause() async throws(StoreError) {
        let last = try await floor.store.buyingChanges(limit: 1).first
        floor.gate.learn(last)
        guard let pause = floor.gate.pause else { return }
        floor.logger.warning(
            "buying is still paused", metadata: ["by": "\(pause.by)", "reason": "\(pause.reason ?? "")"])
    }

    /// - Throws: `Problem` `buying_paused`.
    func checkBuying() throws(Problem) {
        if let pause = floor.gate.pause { throw SpendingBar.paused(pause).problem }
    }

    /// What a caller is told whose order or action the store did not take.
    func problem(_ bar: SpendingBar) -> Problem {
        if case .paused(let change) = bar { floor.gate.learn(change) }
        return bar.problem
    }

    /// Whether an order whose dispatch was barred may be taken without it: its vendor may tell a price, or another one ask
    /// less.
    func mayBeTaken(_ order: Order, undispatchedAt vendor: Vendor, _ code: ProblemCode) -> Bool {
        code == .priceUnknown && vendor.tellsPrice(of: order.request)
            || code == .budgetExceeded && floor.policy.fallback != .none && order.routing.hasNext
    }
}

/// One pretend vendor from behind the counter: its books, its faults, its settings.
///
/// All of it is also there over HTTP, under `/sandbox/` on the vendor's own port.
public final class SandboxVendor: Sendable {
    let front: any VendorFront
    let faultQueue = FaultQueue()

    init(front: any VendorFront) {
        self.front = front
    }

    /// The books as they are now.
    public var books: SandboxBooks {
        front.withLedger { ledger, _ in ledger.books }
    }

    /// The faults that are still waiting.
    public var faults: [SandboxFault] {
        faultQueue.all
    }

    /// Queues faults behind those that wait.
    /// - Throws: when more than 100,000 would be waiting, or one is for a call that this vendor does not have.
    public func queue(_ faults: SandboxFault...) throws(SandboxInputError) { try queue(faults) }

    func queue(_ faults: [SandboxFault]) throws(SandboxInputError) {
        for fault in faults where !front.calls.contains(fault.call) {
            let names = front.calls.map(\.rawValue).joined(separator: ", ")
            throw SandboxInputError("call: this vendor has no \(fault.call.rawValue); one of \(names)")
        }
        try faultQueue.add(faults)
    }

    /// Forgets the faults that are waiting.
    public func clearFaults() {
        faultQueue.clear()
    }

    /// Brings money to the account, or with a negative amount takes some away, as no order of the client does.
    public func topUp(_ amount: SandboxDecimal) {
        front.withLedger { ledger, now in ledger.move(amount, as: .toppedUp, at: now) }
    }

    /// Sells to somebody else on the same account.
    /// - Parameters:
    ///   - order: the body of an order in the vendor's own words.
    ///   - charged: whether the balance pays for it.
    /// - Returns: the body of the vendor's answer.
    @discardableResult
    public func sellByHand(_ order: SandboxJSON, charged: Bool = true) -> SandboxJSON {
        front.sellByHand(order, charged: charged).json ?? .null
    }

    /// Gives money back for an order that was sold, as no documented call does.
    /// - Parameters:
    ///   - order: HeloData's `ord_…`, the legacy `NUMBER-…`.
    ///   - amount: what comes back to the balance; zero for an order that is only called off.
    ///   - state: what the order's HeloData batch says of itself from then on, such as `refunded`.
    /// - Throws: when there is no such order, or it has no batch that could state something.
    public func refund(_ order: String, _ amount: SandboxDecimal, state: String? = nil) throws(SandboxInputError) {
        try front.refund(order, amount, state: state)
    }

    /// Moves the vendor's clock ahead, or with a negative number back, as the setting `clockOffsetSeconds` does: goods
    /// become ready and expire, and whatever the vendor does by its own clock is done.
    /// - Throws: when the clock would be more than ten years off.
    public func moveClock(seconds: Int) throws(SandboxInputError) {
        _ = try front.moveClock(seconds: seconds)
    }

    /// The settings, the balance and the stock as they are now.
    public func settings() throws -> SandboxJSON {
        try front.settings()
    }

    /// Replaces the named settings while the vendor runs, all of them or none.
    /// - Throws: when one is unknown or out of its range.
    public func change(settings changes: SandboxJSON) throws(SandboxInputError) {
        try front.change(settings: changes)
    }

    @discardableResult
    func record(_ entry: SandboxEntry) -> Int {
        front.withLedger { ledger, now in ledger.record(entry, at: now) }
    }
}

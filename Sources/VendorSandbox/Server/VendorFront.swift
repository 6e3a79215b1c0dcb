import Hummingbird

/// What differs between the pretend vendors.
protocol VendorFront: AnyObject, Sendable {
    /// Milliseconds that each call takes before it is processed.
    var latencyMs: Int { get }

    /// What the header field `Date` of an answer says now; nil leaves it out.
    var dateHeader: String? { get }

    /// The calls that a fault may name here.
    var calls: [SandboxCall] { get }

    /// Does something to the books, at the vendor's present time.
    func withLedger<Output: Sendable>(_ body: (inout SandboxLedger, SandboxTime) -> Output) -> Output

    /// Adds the vendor's own paths.
    func addRoutes(to router: Router<SandboxContext>, desk: CallDesk)

    /// The vendor's way to refuse a call, with the code and the words of a fault.
    func refusal(of call: SandboxCall, for fault: SandboxFault) -> SandboxAnswer

    /// The vendor's answer to a path that it does not have.
    func unknownPath(_ received: ReceivedCall) -> SandboxAnswer

    /// The settings, the balance and the stock as they are now.
    func settings() throws -> SandboxJSON

    /// Replaces the named settings, all or none.
    func change(settings changes: SandboxJSON) throws(SandboxInputError)

    /// The vendor's present time, after moving its clock.
    /// - Parameter seconds: how far ahead; back where it is negative.
    func moveClock(seconds: Int) throws(SandboxInputError) -> SandboxClockReading

    /// Sells to somebody else on the same account: the body of an order, in the vendor's own words.
    func sellByHand(_ order: SandboxJSON, charged: Bool) -> SandboxAnswer

    /// Gives money back for an order; its goods state a word of their own from then on where one is given. No page of either
    /// vendor knows of such a thing.
    func refund(_ order: String, _ amount: SandboxDecimal, state: String?) throws(SandboxInputError)
}

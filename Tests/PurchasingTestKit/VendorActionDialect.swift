public import Purchasing

/// One action on goods that were bought, in a vendor's words, for `VendorAdapterConformance`.
public struct VendorActionDialect: Sendable {
    let name: String
    public let call: ActionCall
    /// Whether the call carries a body: one that was withheld proves that nothing was done, whatever broke.
    let hasBody: Bool
    /// The body of an answer with status 200 that says that it was done; a JSON object.
    let done: String
    /// Answers of this vendor, and what they prove.
    let answers: [Answer]
    /// What must never stand in an outcome or a condition, beside the account's key: passwords that the answers tell.
    let secrets: [String]
    public let reading: Reading

    /// One answer of the vendor to the action.
    public struct Answer: Sendable {
        let name: String
        let status: Int
        let body: String
        let headers: [String: String]
        let expectation: VendorAdapterConformance.ActionExpectation

        public init(
            _ name: String, _ status: Int, _ body: String, headers: [String: String] = [:],
            _ expectation: VendorAdapterConformance.ActionExpectation
        ) {
            self.name = name
            self.status = status
            self.body = body
            self.headers = headers
            self.expectation = expectation
        }
    }

    /// How the vendor shows the goods that the action is about.
    public struct Reading: Sendable {
        public let condition: GoodsCondition
        /// How many calls a condition takes.
        let calls: Int
        /// Bodies that are answered with status 200 to one of the calls and are not the whole, or no such thing: the number
        /// of the call, from 0, and the body.
        let broken: [(call: Int, body: String)]
        /// What is answered when there are no such goods any more; nil where that cannot be told.
        let absent: (@Sendable (ScriptedServer.Request) -> ScriptedServer.Act)?
        /// The body of the good answer to each call.
        public let answer: @Sendable (ScriptedServer.Request) -> String

        public init(
            finds condition: GoodsCondition, calls: Int, broken: [(call: Int, body: String)] = [],
            absent: (@Sendable (ScriptedServer.Request) -> ScriptedServer.Act)? = nil,
            answer: @escaping @Sendable (ScriptedServer.Request) -> String
        ) {
            self.condition = condition
            self.calls = calls
            self.broken = broken
            self.absent = absent
            self.answer = answer
        }
    }

    public init(
        _ name: String, _ call: ActionCall, hasBody: Bool = true, done: String, answers: [Answer] = [],
        secrets: [String] = [], reading: Reading
    ) {
        self.name = name
        self.call = call
        self.hasBody = hasBody
        self.done = done
        self.answers = answers
        self.secrets = secrets
        self.reading = reading
    }
}

/// Where calls to a gateway go: to one over HTTP, or to a script in a test.
protocol GatewayCalling: Sendable {
    /// Makes a call, once.
    /// - Throws: `CallFailure` when there is no answer that can be read.
    func send(_ call: GatewayCall) async throws(CallFailure) -> GatewayAnswer
}

import Hummingbird
import Synchronization

/// The legacy `/client/api/v1/{apiKey}/…` API over one account, after YouProxy's public pages
/// (`https://developers.youproxy.io`). There is no idempotency: an order or an extension
/// that comes twice is charged twice.
final class LegacySandbox: VendorFront {
    private let clock: SandboxClock
    private let state: Mutex<LegacyState>

    init(settings: LegacySandboxSettings, clock: SandboxClock) {
        self.clock = clock
        self.state = Mutex(LegacyState(settings: settings, start: clock.now))
    }

    func addRoutes(to router: Router<SandboxContext>, desk: CallDesk) {
        let api = router.group("client/api/v1/:apiKey")
        api.post("order") { try await desk.serve(.order, $0, $1, process: self.order) }
        api.post("calculate/order") { try await desk.serve(.calculate, $0, $1, process: self.calculate) }
        addExtensions(to: api, desk: desk)
        api.get("balance") { try await desk.serve(.balance, $0, $1, process: self.balance) }
        api.get("ipAddress") { try await desk.serve(.ipAddress, $0, $1, process: self.ipAddress) }
        api.get("rentPeriod") { try await desk.serve(.rentPeriod, $0, $1, process: self.rentPeriod) }
        api.get("promoCode") { try await desk.serve(.promoCode, $0, $1, process: self.promoCode) }
        api.get("proxyType") { try await desk.serve(.proxyType, $0, $1, process: self.proxyType) }
        api.get("country") { try await desk.serve(.country, $0, $1, process: self.country) }
        api.get("mobileOperator") { try await desk.serve(.mobileOperator, $0, $1, process: self.mobileOperator) }
    }

    private func order(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, now throws(LegacyRefusal) in
            let (order, sale) = try state.sell(received.legacyBody(), in: received.exchange, at: now)
            return state.sold(order, sale)
        }
    }

    private func calculate(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ throws(LegacyRefusal) in
            state.calculated(try LegacyTerms(received.legacyBody(), state.settings))
        }
    }

    private func balance(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ in state.balanceAnswer }
    }

    private func ipAddress(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, now throws(LegacyRefusal) in
            let type = try received.query("proxyType") == nil ? nil : received.proxyType()
            return LegacyIPList(state: state, now: now).json(type)
        }
    }

    private func rentPeriod(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ throws(LegacyRefusal) in state.rentPeriodAnswer(try received.proxyType()) }
    }

    private func country(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ throws(LegacyRefusal) in state.countryAnswer(try received.proxyType()) }
    }

    private func promoCode(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ in state.promoCodeAnswer }
    }

    private func proxyType(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ in state.proxyTypeAnswer }
    }

    private func mobileOperator(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ in state.mobileOperatorAnswer }
    }
}

extension LegacySandbox {
    var calls: [SandboxCall] { SandboxCall.atLegacy }

    var latencyMs: Int {
        state.withLock { $0.settings.latencyMs }
    }

    var dateHeader: String? {
        withState { state, now in SandboxDateHeader.text(state.settings.dateHeader, at: now) }
    }

    func withLedger<Output: Sendable>(_ body: (inout SandboxLedger, SandboxTime) -> Output) -> Output {
        withState { state, now in body(&state.ledger, now) }
    }

    func refusal(of call: SandboxCall, for fault: SandboxFault) -> SandboxAnswer {
        let standard = LegacyRefusal.funds
        let refusal = LegacyRefusal(
            code: fault.errorCode ?? standard.code, message: fault.message ?? standard.message)
        var answer = state.withLock { $0.failure(of: call, refusal) }
        answer.status = fault.status ?? answer.status
        answer.headers = fault.headerFields
        return answer
    }

    /// What the vendor says to a path that it does not have is not documented.
    func unknownPath(_ received: ReceivedCall) -> SandboxAnswer {
        .text("<html><body><h1>404 Not Found</h1></body></html>\n", type: "text/html", status: 404)
    }

    func settings() throws -> SandboxJSON {
        try presentSettings.json()
    }

    func change(settings changes: SandboxJSON) throws(SandboxInputError) {
        let result = withState { state, now in
            Result { () throws(SandboxInputError) in
                try state.apply(state.presentSettings.applying(changes), at: now)
            }
        }
        try result.get()
    }

    func moveClock(seconds: Int) throws(SandboxInputError) -> SandboxClockReading {
        let result = withState { state, now in
            Result { () throws(SandboxInputError) in
                try require("seconds", seconds, in: Bounds.offset)
                var changed = state.settings
                changed.clockOffsetSeconds += seconds
                try changed.check()
                state.settings = changed
                let moved = now.adding(milliseconds: Int64(seconds) * 1000)
                state.catchUp(to: moved)
                return SandboxClockReading(now: moved, offsetSeconds: changed.clockOffsetSeconds)
            }
        }
        return try result.get()
    }

    func sellByHand(_ order: SandboxJSON, charged: Bool) -> SandboxAnswer {
        withState { state, now in
            do throws(LegacyRefusal) {
                let (order, sale) = try state.sell(order, in: nil, charged: charged, at: now)
                return .legacy(state.sold(order, sale))
            } catch {
                return state.failure(of: .order, error)
            }
        }
    }

    func refund(_ order: String, _ amount: SandboxDecimal, state: String?) throws(SandboxInputError) {
        guard state == nil else { throw SandboxInputError("state: the list of addresses has none") }
        let result = withState { own, now in
            Result { () throws(SandboxInputError) in try own.ledger.refund(order, amount, at: now) }
        }
        try result.get()
    }

    /// The settings with the balance as it is now.
    var presentSettings: LegacySandboxSettings {
        withState { state, _ in state.presentSettings }
    }

    private func withState<Output: Sendable>(_ body: (inout LegacyState, SandboxTime) -> Output) -> Output {
        let present = clock.now
        return state.withLock { state in
            let now = present.adding(milliseconds: Int64(state.settings.clockOffsetSeconds) * 1000)
            state.catchUp(to: now)
            return body(&state, now)
        }
    }

    /// Checks the key in the path and does the call.
    func answer(
        _ received: ReceivedCall, _ act: (inout LegacyState, SandboxTime) throws(LegacyRefusal) -> SandboxJSON
    ) -> SandboxAnswer {
        withState { state, now in
            do throws(LegacyRefusal) {
                guard received.path("apiKey") == state.settings.apiKey else { throw .apiKey }
                return .legacy(try act(&state, now))
            } catch {
                return state.failure(of: received.call, error)
            }
        }
    }
}

extension ReceivedCall {
    func legacyBody() throws(LegacyRefusal) -> SandboxJSON {
        do {
            return try SandboxJSON(parsing: body)
        } catch {
            throw .unknown
        }
    }

    fileprivate func proxyType() throws(LegacyRefusal) -> LegacyProxyType {
        guard let type = query("proxyType").flatMap(LegacyProxyType.init(rawValue:)) else { throw .proxyType }
        return type
    }
}

import HTTPTypes
import Hummingbird
import Synchronization

/// HeloData's API over one account, after the vendor's public pages (`https://docs.helodata.com`).
final class HeloDataSandbox: VendorFront {
    private let clock: SandboxClock
    private let state: Mutex<HeloDataState>

    init(settings: HeloDataSandboxSettings, clock: SandboxClock) {
        self.clock = clock
        self.state = Mutex(HeloDataState(settings: settings, start: clock.now))
    }

    func addRoutes(to router: Router<SandboxContext>, desk: CallDesk) {
        let v1 = router.group("v1")
        v1.post("orders") { try await desk.serve(.order, $0, $1, process: self.order) }
        v1.get("isp/inventory") { try await desk.serve(.inventory, $0, $1, process: self.inventory) }
        v1.get("isp/batches") { try await desk.serve(.batches, $0, $1, process: self.batches) }
        v1.get("isp/batches/:id") { try await desk.serve(.batch, $0, $1, process: self.batch) }
        v1.get("isp/batches/:id/ips") { try await desk.serve(.ips, $0, $1, process: self.ips) }
        addActions(to: v1, desk: desk)
        v1.get("users/me") { try await desk.serve(.me, $0, $1, process: self.me) }
    }

    private func order(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, now throws(HeloDataRefusal) in
            try state.order(received.body, in: received.exchange, at: now)
        }
    }

    private func inventory(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ in
            .json(state.inventory(country: received.query("country"), asn: received.query("asn")))
        }
    }

    private func batches(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, now in .json(state.page(after: received.query("cursor"), at: now)) }
    }

    private func batch(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, now throws(HeloDataRefusal) in
            .json(state.json(of: try state.listedBatch(received.path("id"), at: now), at: now))
        }
    }

    private func ips(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, now throws(HeloDataRefusal) in
            let batch = try state.listedBatch(received.path("id"), at: now)
            guard state.stage(of: batch, at: now) != .released else { throw .batchReleased }
            let list = HeloDataIPList(batch: batch, ips: state.shownIPs(of: batch, at: now), state: state)
            return try list.answer(format: received.query("format"))
        }
    }

    private func me(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, _ in .json(state.me) }
    }
}

extension HeloDataSandbox {
    var calls: [SandboxCall] { SandboxCall.atHeloData }

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
        let standard = HeloDataRefusal.standard(for: fault.code)
        let refusal = HeloDataRefusal(
            status: fault.status ?? standard.status, code: fault.code ?? standard.code,
            message: fault.message ?? standard.message)
        var answer = SandboxAnswer.heloData(refusal, requestID: requestID)
        answer.headers = fault.headerFields
        return answer
    }

    func unknownPath(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { _, _ throws(HeloDataRefusal) in throw .notFound }
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
            do throws(HeloDataRefusal) {
                return try state.sell(HeloDataOrder(order), in: nil, charged: charged, at: now)
            } catch {
                return .heloData(error, requestID: state.requestID())
            }
        }
    }

    func refund(_ order: String, _ amount: SandboxDecimal, state: String?) throws(SandboxInputError) {
        let result = withState { own, now in
            Result { () throws(SandboxInputError) in
                let batch = own.batches.firstIndex { $0.orderID == order }
                if state != nil, batch == nil { throw SandboxInputError("state: \(order) has no batch") }
                try own.ledger.refund(order, amount, at: now)
                if let state, let batch { own.batches[batch].stated = state }
            }
        }
        try result.get()
    }

    /// The settings with the balance as it is now.
    var presentSettings: HeloDataSandboxSettings {
        withState { state, _ in state.presentSettings }
    }

    private var requestID: String {
        state.withLock { $0.requestID() }
    }

    private func withState<Output: Sendable>(_ body: (inout HeloDataState, SandboxTime) -> Output) -> Output {
        let present = clock.now
        return state.withLock { state in
            let now = present.adding(milliseconds: Int64(state.settings.clockOffsetSeconds) * 1000)
            state.catchUp(to: now)
            return body(&state, now)
        }
    }

    /// Checks the token and the rate, does the call, and adds the rate's header fields.
    func answer(
        _ received: ReceivedCall, _ act: (inout HeloDataState, SandboxTime) throws(HeloDataRefusal) -> SandboxAnswer
    ) -> SandboxAnswer {
        withState { state, now in
            state.rate.count(at: now)
            var answer: SandboxAnswer
            do throws(HeloDataRefusal) {
                try state.admit(received)
                answer = try act(&state, now)
            } catch {
                answer = .heloData(state.worded(error), requestID: state.requestID())
            }
            answer.headers.append(contentsOf: state.rateFields(refused: answer.status == 429, at: now))
            return answer
        }
    }
}

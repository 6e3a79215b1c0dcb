import Testing

@testable import GatewayAPI

@Suite
struct `Door state` {
    typealias Phase = DoorState.Phase
    typealias Event = DoorState.Event
    typealias Step = DoorState.Step

    struct Row: Sendable, CustomTestStringConvertible {
        let from: Phase
        let event: Event
        let step: Step
        let to: Phase

        init(_ from: Phase, _ event: Event, _ step: Step, _ to: Phase) {
            self.from = from
            self.event = event
            self.step = step
            self.to = to
        }

        var testDescription: String { "\(self.from) + \(self.event)" }
    }

    static let fault = DoorProblem.malformed()

    /// Every phase and every event that can happen in it.
    static let rows = [
        Row(.waiting, .bytes(1), .none, .receiving),
        Row(.waiting, .fault(fault), .refuse(fault), .lingering),
        Row(.waiting, .requestComplete(isLast: false), .none, .waiting),
        Row(.waiting, .answerComplete(hasHeld: false), .none, .waiting),
        Row(.waiting, .flushed, .none, .waiting),
        Row(.waiting, .inputEnded, .flush, .lingering),
        Row(.waiting, .stopping, .flush, .lingering),
        Row(.waiting, .deadline, .close, .closed),
        Row(.waiting, .inactive, .none, .closed),

        Row(.receiving, .bytes(1), .none, .receiving),
        Row(.receiving, .fault(fault), .refuse(fault), .lingering),
        Row(.receiving, .requestComplete(isLast: false), .none, .answering),
        Row(.receiving, .requestComplete(isLast: true), .none, .answering),
        Row(.receiving, .answerComplete(hasHeld: false), .none, .receiving),
        Row(.receiving, .flushed, .none, .receiving),
        Row(.receiving, .inputEnded, .refuse(.cutShort), .lingering),
        Row(.receiving, .stopping, .refuse(.stopping), .lingering),
        Row(.receiving, .deadline, .refuse(.requestTimeout), .lingering),
        Row(.receiving, .inactive, .none, .closed),

        Row(.answering, .bytes(1), .none, .answering),
        Row(.answering, .bytes(1000), .discard, .answering),
        Row(.answering, .fault(fault), .none, .answering),
        Row(.answering, .requestComplete(isLast: false), .none, .answering),
        Row(.answering, .answerIsLast, .none, .answering),
        Row(.answering, .answerComplete(hasHeld: false), .next, .waiting),
        Row(.answering, .answerComplete(hasHeld: true), .next, .receiving),
        Row(.answering, .flushed, .none, .answering),
        Row(.answering, .inputEnded, .none, .answering),
        Row(.answering, .stopping, .none, .answering),
        Row(.answering, .deadline, .none, .answering),
        Row(.answering, .inactive, .none, .closed),

        Row(.lingering, .bytes(1), .discard, .lingering),
        Row(.lingering, .fault(fault), .none, .lingering),
        Row(.lingering, .requestComplete(isLast: false), .none, .lingering),
        Row(.lingering, .answerComplete(hasHeld: false), .none, .lingering),
        Row(.lingering, .flushed, .closeOutput, .lingering),
        Row(.lingering, .inputEnded, .none, .lingering),
        Row(.lingering, .stopping, .none, .lingering),
        Row(.lingering, .deadline, .close, .closed),
        Row(.lingering, .inactive, .none, .closed),

        Row(.closed, .bytes(1), .discard, .closed),
        Row(.closed, .fault(fault), .none, .closed),
        Row(.closed, .requestComplete(isLast: false), .none, .closed),
        Row(.closed, .answerComplete(hasHeld: false), .none, .closed),
        Row(.closed, .flushed, .none, .closed),
        Row(.closed, .inputEnded, .none, .closed),
        Row(.closed, .stopping, .none, .closed),
        Row(.closed, .deadline, .none, .closed),
        Row(.closed, .inactive, .none, .closed),
    ]

    static func state(in phase: Phase) -> DoorState {
        let path: [Event] =
            switch phase {
            case .waiting: []
            case .receiving: [.bytes(1)]
            case .answering: [.bytes(1), .requestComplete(isLast: false)]
            case .lingering: [.fault(fault)]
            case .closed: [.deadline]
            }
        var state = DoorState(surplusLimit: 100)
        for event in path { _ = state.on(event) }
        return state
    }

    @Test(arguments: rows)
    func `takes one step for one event`(row: Row) {
        var state = Self.state(in: row.from)
        #expect(state.phase == row.from)
        #expect(state.on(row.event) == row.step)
        #expect(state.phase == row.to)
    }

    @Test(
        arguments: [
            ([.requestComplete(isLast: true)], .finish),
            ([.requestComplete(isLast: false), .answerIsLast], .finish),
            ([.requestComplete(isLast: false), .stopping], .finish),
            ([.requestComplete(isLast: false), .inputEnded], .finish),
            ([.requestComplete(isLast: false)], .next),
        ] as [([Event], Step)])
    func `ends a connection only behind the answer that is being made`(events: [Event], step: Step) {
        var state = Self.state(in: .receiving)
        for event in events { #expect(state.on(event) == .none) }
        #expect(state.on(.answerComplete(hasHeld: false)) == step)
    }

    @Test
    func `answers what is held though the caller will send no more`() {
        var state = Self.state(in: .answering)
        #expect(state.on(.inputEnded) == .none)
        #expect(state.on(.answerComplete(hasHeld: true)) == .next)
        #expect(state.on(.requestComplete(isLast: false)) == .none)
        #expect(state.on(.answerComplete(hasHeld: false)) == .finish)
        #expect(state.on(.flushed) == .close)
    }

    @Test
    func `ends a connection on which more arrived than may be held`() {
        var state = Self.state(in: .answering)
        #expect(state.on(.bytes(101)) == .discard)
        #expect(state.on(.answerComplete(hasHeld: false)) == .finish)
    }

    @Test
    func `takes what arrived behind an answer as the beginning of a request`() {
        var state = Self.state(in: .answering)
        #expect(state.on(.bytes(1)) == .none)
        #expect(state.on(.answerComplete(hasHeld: false)) == .next)
        #expect(state.phase == .receiving)
    }

    @Test(
        arguments: [
            (.waiting, .idle), (.receiving, .request), (.answering, .none), (.lingering, .write), (.closed, .none),
        ] as [(Phase, DoorState.Timing)])
    func `runs one time in each phase`(phase: Phase, timing: DoorState.Timing) {
        #expect(Self.state(in: phase).timing == timing)
    }

    @Test
    func `waits for a reader no longer than the write timeout`() {
        var state = Self.state(in: .answering)
        #expect(state.on(.writable(false)) == .none)
        #expect(state.timing == .write)
        #expect(state.on(.deadline) == .close)
    }

    @Test
    func `lingers for a while after the last flush`() {
        var state = Self.state(in: .lingering)
        #expect(state.on(.flushed) == .closeOutput)
        #expect(state.timing == .linger)
        #expect(state.on(.inputEnded) == .close)
    }

    @Test
    func `reads nothing more behind a request that is being answered once something is held`() {
        var state = Self.state(in: .answering)
        #expect(state.wantsRead(hasHeld: false))
        #expect(!state.wantsRead(hasHeld: true))
        _ = state.on(.bytes(1))
        #expect(!state.wantsRead(hasHeld: false))
    }
}

@Suite
struct `Reader progress` {
    @Test(
        arguments: [
            ([100, 99, 1], [true, true]), ([100, 100], [false]), ([100, 120], [false]), ([100, 0], [false]),
            ([100, 50, 50], [true, false]), ([nil, 100, 100], [true, false]), ([nil, 0], [false]),
        ] as [([Int?], [Bool])])
    func `is made as long as some bytes leave between two looks`(counts: [Int?], expected: [Bool]) {
        var progress = ReaderProgress()
        progress.begin(at: counts[0])
        #expect(counts.dropFirst().map { progress.isReading($0 ?? 0) } == expected)
    }
}

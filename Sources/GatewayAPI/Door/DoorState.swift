/// Where one connection stands. A pure value: it knows no channel and no clock.
///
/// A connection serves one request at a time. A request is handed to the routes only when all of it has arrived, so
/// none of the door's own refusals can ever collide with a route's answer:
///
/// ```
///              first byte             all of it               answered
///   waiting ──────────────► receiving ──────────► answering ────────────► waiting
///      │                        │                     │
///      │ idle                   │ fault, too late,    │ answered, and it was the last
///      ▼                        ▼ stop, FIN           ▼
///   closed ◄────────────── lingering ◄────────────────┘
/// ```
struct DoorState: Equatable {
    enum Phase: Equatable, CaseIterable {
        /// No byte of the next request has arrived.
        case waiting
        /// A request has begun to arrive.
        case receiving
        /// A whole request is with the routes. What arrives meanwhile is held back.
        case answering
        /// The last answer is on its way. What arrives meanwhile is thrown away.
        case lingering
        /// Nothing can be read or written any more.
        case closed
    }

    /// What happened.
    enum Event: Equatable {
        /// Bytes arrived; so many.
        case bytes(Int)
        /// The last part of a request arrived, after which the connection may have to end.
        case requestComplete(isLast: Bool)
        /// What arrived cannot be served.
        case fault(DoorProblem)
        /// The head of the answer says that the connection ends with it.
        case answerIsLast
        /// The end of an answer is about to be written; whether parts of a further request are held.
        case answerComplete(hasHeld: Bool)
        /// The last answer has left for the kernel.
        case flushed
        /// The caller will send no more.
        case inputEnded
        /// The server is stopping.
        case stopping
        /// The buffer for answers has room, or has none left.
        case writable(Bool)
        /// The time for the present ``timing`` is over.
        case deadline
        /// The connection is gone.
        case inactive
    }

    /// What to do about it.
    enum Step: Equatable {
        case none
        /// Throw the bytes away.
        case discard
        /// Answer with the problem, as the last answer.
        case refuse(DoorProblem)
        /// Write the end of the last answer and report when it has been flushed.
        case finish
        /// Write the end of the answer and go on with what is held.
        case next
        /// Report when all that was written has been flushed.
        case flush
        /// Close the outbound half and let the caller read what was written.
        case closeOutput
        /// Close the connection.
        case close
    }

    /// Which of the settings' times is running.
    enum Timing: Equatable {
        case none, idle, request, write, linger

        /// Whether the time is one in which the caller may still be reading an answer.
        var waitsForReader: Bool { self == .idle || self == .write }
    }

    private(set) var phase = Phase.waiting
    /// No request may follow the present one.
    private(set) var isLast = false
    /// The caller will send no more, or no more of it is wanted.
    private(set) var inputEnded = false
    private var isFlushed = false
    private var isWritable = true
    /// Bytes that arrived since the phase changed to answering or lingering.
    private var surplus = 0
    private let surplusLimit: Int

    /// - Parameter surplusLimit: How many bytes may wait behind an answer, and how many are read only to be thrown
    ///   away behind the last one.
    init(surplusLimit: Int) {
        self.surplusLimit = surplusLimit
    }

    /// The time that is running now.
    var timing: Timing {
        switch self.phase {
        case .waiting: self.isWritable ? .idle : .write
        case .receiving: .request
        case .answering: self.isWritable ? .none : .write
        case .lingering: self.isFlushed ? .linger : .write
        case .closed: .none
        }
    }

    /// Whether more bytes should be read from the socket.
    ///
    /// - Parameter hasHeld: Whether parts of a further request are held already.
    func wantsRead(hasHeld: Bool) -> Bool {
        switch self.phase {
        case .waiting, .receiving: true
        case .answering: !hasHeld && self.surplus == 0
        case .lingering: self.surplus < self.surplusLimit
        case .closed: false
        }
    }

    /// Takes notice of an event.
    mutating func on(_ event: Event) -> Step {
        switch event {
        case .bytes(let count): self.bytes(count)
        case .requestComplete(let isLast): self.requestComplete(isLast: isLast)
        case .fault(let problem): self.fault(problem)
        case .answerIsLast: self.last()
        case .answerComplete(let hasHeld): self.answerComplete(hasHeld: hasHeld)
        case .flushed: self.flushed()
        case .inputEnded: self.endInput()
        case .stopping: self.stopping()
        case .writable(let isWritable): self.writable(isWritable)
        case .deadline: self.deadline()
        case .inactive: self.inactive()
        }
    }
}

extension DoorState {
    private mutating func bytes(_ count: Int) -> Step {
        switch self.phase {
        case .waiting:
            self.phase = .receiving
            return .none
        case .receiving:
            return .none
        case .answering:
            self.surplus += count
            // Only a caller that has closed its side gets this far: reading stops as soon as something is held.
            if self.surplus > self.surplusLimit { self.inputEnded = true }
            return self.inputEnded ? .discard : .none
        case .lingering:
            self.surplus += count
            return .discard
        case .closed:
            return .discard
        }
    }

    private mutating func requestComplete(isLast: Bool) -> Step {
        guard self.phase == .receiving else { return .none }
        self.phase = .answering
        self.surplus = 0
        self.isLast = self.isLast || isLast
        return .none
    }

    private mutating func fault(_ problem: DoorProblem) -> Step {
        switch self.phase {
        case .waiting, .receiving:
            self.linger()
            return .refuse(problem)
        case .answering, .lingering, .closed:
            return .none
        }
    }

    private mutating func last() -> Step {
        self.isLast = true
        return .none
    }

    private mutating func answerComplete(hasHeld: Bool) -> Step {
        guard self.phase == .answering else { return .none }
        if self.isLast || (self.inputEnded && !hasHeld) {
            self.linger()
            return .finish
        }
        self.phase = hasHeld || self.surplus > 0 ? .receiving : .waiting
        return .next
    }

    private mutating func flushed() -> Step {
        guard self.phase == .lingering else { return .none }
        self.isFlushed = true
        return self.inputEnded ? self.close() : .closeOutput
    }

    private mutating func endInput() -> Step {
        self.inputEnded = true
        switch self.phase {
        case .waiting: return self.flush()
        case .receiving: return self.fault(.cutShort)
        case .lingering: return self.isFlushed ? self.close() : .none
        case .answering, .closed: return .none
        }
    }

    private mutating func stopping() -> Step {
        self.isLast = true
        switch self.phase {
        case .waiting: return self.endInput()
        case .receiving: return self.fault(.stopping)
        case .answering, .lingering, .closed: return .none
        }
    }

    private mutating func writable(_ isWritable: Bool) -> Step {
        self.isWritable = isWritable
        return .none
    }

    private mutating func deadline() -> Step {
        switch self.phase {
        case .receiving: self.fault(.requestTimeout)
        case .waiting, .lingering: self.close()
        case .answering: self.isWritable ? .none : self.close()
        case .closed: .none
        }
    }

    private mutating func inactive() -> Step {
        self.phase = .closed
        return .none
    }

    /// The answers before may still be on their way, so that closing at once would cut them off.
    private mutating func flush() -> Step {
        self.linger()
        return .flush
    }

    private mutating func linger() {
        self.phase = .lingering
        self.isLast = true
        self.surplus = 0
    }

    private mutating func close() -> Step {
        self.phase = .closed
        return .close
    }
}

import NIOCore

/// One timer for all the deadlines that follow each other on a connection.
///
/// A deadline that is later than the one before costs no more than a look at the clock: the alarm lets the earlier one
/// ring, sees that it is too early, and goes back to sleep. So a busy connection sets its timer once in a while, not
/// twice for each request.
final class DoorAlarm: NIOScheduledCallbackHandler {
    private let eventLoop: any EventLoop
    private let ring: () -> Void
    private var deadline: NIODeadline?
    private var scheduled: (at: NIODeadline, callback: NIOScheduledCallback)?

    /// - Parameters:
    ///   - eventLoop: The loop that the alarm rings on and is only used from.
    ///   - ring: Called when a deadline is over. Kept until ``stop()``.
    init(eventLoop: any EventLoop, ring: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.ring = ring
    }

    /// Replaces the deadline by one that is `amount` from now, or by none.
    func set(_ amount: TimeAmount?) {
        self.deadline = amount.map { .now() + $0 }
        guard let deadline = self.deadline else { return }
        if let scheduled = self.scheduled, scheduled.at <= deadline { return }
        self.schedule(at: deadline)
    }

    /// Forgets the deadline and the timer.
    func stop() {
        self.deadline = nil
        self.scheduled?.callback.cancel()
        self.scheduled = nil
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        self.scheduled = nil
        guard let deadline = self.deadline else { return }
        guard deadline <= .now() else { return self.schedule(at: deadline) }
        self.deadline = nil
        self.ring()
    }

    private func schedule(at deadline: NIODeadline) {
        self.scheduled?.callback.cancel()
        // It throws only when the loop has shut down, and then there is nothing left to time.
        self.scheduled = (try? self.eventLoop.assumeIsolated().scheduleCallback(at: deadline, handler: self))
            .map { (deadline, $0) }
    }
}

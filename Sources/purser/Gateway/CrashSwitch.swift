#if DEBUG
    import Foundation
    import Purchasing
    import Synchronization

    /// Kills the process at a named step of a purchase, for tests of what a crash leaves behind. It is not in release
    /// builds.
    ///
    /// `PURSER_CRASH_AT=dispatched` ends the process with SIGKILL when a purchase passes `dispatched` for the first time,
    /// `PURSER_CRASH_AT=dispatched:3` at the third. The steps are those of `PurchaseStep`.
    final class CrashSwitch: Sendable {
        /// The environment variable.
        static let variable = "PURSER_CRASH_AT"

        private let step: PurchaseStep
        private let remaining: Mutex<Int>

        /// - Throws: `GatewayRefusal` when the text names no step.
        init(_ text: String) throws(GatewayRefusal) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let step = PurchaseStep(rawValue: String(parts[0])),
                let count = parts.count == 1 ? 1 : Int(parts[1]), count > 0
            else {
                let steps = PurchaseStep.allCases.map(\.rawValue).joined(separator: ", ")
                throw GatewayRefusal("\(Self.variable) is a step, or a step and a number such as called:2: \(steps)")
            }
            self.step = step
            remaining = Mutex(count)
        }

        /// A purchase passes a step.
        func pass(_ step: PurchaseStep) {
            guard step == self.step else { return }
            let isLast = remaining.withLock { remaining in
                remaining -= 1
                return remaining == 0
            }
            if isLast { kill(getpid(), SIGKILL) }
        }
    }
#endif

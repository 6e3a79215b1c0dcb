import ArgumentParser
import Foundation
import Logging
import UnixSignals

/// What SIGTERM, SIGINT and SIGHUP do: the first one stops the gateway in good order, a second one ends the process at
/// once. Either is safe, because what a purchase has done is on the disk before the next step.
struct ShutdownSignals {
    private let signals: UnixSignalsSequence

    /// How long after the first signal the process ends whatever is still going on.
    static let patience = Duration.seconds(18)

    /// From here on the signals end the process no more by themselves.
    init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) }

    /// Waits for signals; returns only when the waiting task is cancelled.
    func watch(logger: Logger, flush: @escaping @Sendable () -> Void, stop: @escaping @Sendable () async -> Void) async
    {
        var isStopping = false
        for await signal in signals {
            guard !isStopping else {
                logger.warning("stopped at once", metadata: ["signal": "\(signal)"])
                Self.exitNow(flush)
            }
            isStopping = true
            logger.notice("stopping", metadata: ["signal": "\(signal)"])
            Task {
                try await ContinuousClock().sleep(for: Self.patience)
                logger.warning("stopped although something had not ended")
                Self.exitNow(flush)
            }
            await stop()
        }
    }

    private static func exitNow(_ flush: () -> Void) -> Never {
        flush()
        _exit(ExitStatus.failure.rawValue)
    }
}

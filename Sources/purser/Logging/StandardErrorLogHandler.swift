import Foundation
import Logging
import Purchasing

/// Writes log lines to standard error: a JSON object a line, or text when a person looks on.
///
/// Lines are made by whoever logs and written by a thread of their own, so that logging never waits.
struct StandardErrorLogHandler: LogHandler {
    /// Where lines go, and how they look; shared by every logger of the process.
    struct Output: Sendable {
        let queue: LogQueue
        let isText: Bool
        let now: @Sendable () -> Date

        init(queue: LogQueue, isText: Bool, now: @escaping @Sendable () -> Date = Timepiece.system.now) {
            self.queue = queue
            self.isText = isText
            self.now = now
        }

        /// Standard error, in a format.
        static func standardError(_ format: LogFormat) -> Output {
            let isText =
                switch format {
                case .auto: isatty(STDERR_FILENO) == 1
                case .json: false
                case .text: true
                }
            return descriptor(STDERR_FILENO, isText: isText)
        }

        /// Any file descriptor.
        static func descriptor(
            _ descriptor: Int32, capacity: Int = LogQueue.capacity, isText: Bool,
            now: @escaping @Sendable () -> Date = Timepiece.system.now
        ) -> Output {
            let queue = LogQueue(descriptor: descriptor, capacity: capacity) { count in
                let line = LogLine(
                    time: now(), level: .warning, message: "log lines were dropped", metadata: ["count": "\(count)"])
                return isText ? line.text : line.json
            }
            return Output(queue: queue, isText: isText, now: now)
        }
    }

    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level
    private let output: Output

    init(output: Output, level: Logger.Level) {
        self.output = output
        self.logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var metadata = metadata
        if let provided = metadataProvider?.get() { metadata.merge(provided) { $1 } }
        if let own = event.metadata { metadata.merge(own) { $1 } }
        if let error = event.error, metadata["error"] == nil { metadata["error"] = "\(error)" }
        let line = LogLine(
            time: output.now(), level: event.level, message: event.message.description, metadata: metadata)
        output.queue.add(output.isText ? line.text : line.json)
    }
}

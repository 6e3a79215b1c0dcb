import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A command of the built program as a process of its own, with what it has written so far.
final class CommandProcess: Sendable {
    private struct State {
        var output = ""
        var error = ""
        var status: Int32?
    }

    private let identifier: Int32
    private let state = Mutex(State())

    /// Starts a command that calls a gateway.
    init(_ arguments: [String], url: String, key: String) throws {
        let process = Process()
        process.executableURL = Place.binary
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "PURSER_URL": url, "PURSER_API_KEY": key]
        process.standardInput = FileHandle.nullDevice
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        identifier = process.processIdentifier
        let (box, ends) = (ProcessBox(process), [output.fileHandleForReading, error.fileHandleForReading])
        Thread.detachNewThread { [self] in
            Self.read(ends[0]) { text in state.withLock { $0.output += text } }
            box.process.waitUntilExit()
            let reason = box.process.terminationReason
            let status = box.process.terminationStatus
            state.withLock { $0.status = reason == .exit ? status : -status }
        }
        Thread.detachNewThread { [self] in Self.read(ends[1]) { text in state.withLock { $0.error += text } } }
    }

    /// A `Process` that only the thread which waits for its end looks at.
    private struct ProcessBox: @unchecked Sendable {
        let process: Process

        init(_ process: Process) { self.process = process }
    }

    var output: String { state.withLock { $0.output } }
    var error: String { state.withLock { $0.error } }

    func signal(_ number: Int32) { kill(identifier, number) }

    /// Waits until the command has said something on standard error.
    func says(_ text: String) async {
        while !error.contains(text), state.withLock({ $0.status }) == nil { await Task.yield() }
    }

    /// Waits for the end: the exit status, or the negative number of the signal that ended it.
    func status() async -> Int32 {
        while true {
            if let status = state.withLock({ $0.status }) { return status }
            await Task.yield()
        }
    }

    private static func read(_ end: FileHandle, _ take: (String) -> Void) {
        while true {
            let data = end.availableData
            guard !data.isEmpty else { return }
            take(String(decoding: data, as: UTF8.self))
        }
    }
}

import Foundation
import Synchronization
import Testing

/// The program as a user runs it: the built binary, as a child process.
struct Program: Sendable {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let error: String
    }

    /// The binary beside the test bundle.
    static var path: String {
        get throws {
            var directories = [URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()]
            if let path = Bundle.allBundles.first(where: { $0.bundlePath.hasSuffix(".xctest") })?.bundlePath {
                directories.append(URL(filePath: path).deletingLastPathComponent())
            }
            let candidates = directories.map { $0.appending(path: "purser").path }
            return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0) }, "\(candidates)")
        }
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: String..., environment: [String: String] = [:], in directory: String = "/tmp"
    ) async throws -> Result {
        let running = try RunningProgram(arguments, environment: environment, in: directory)
        let status = await running.status()
        return Result(status: status, output: running.output.text, error: running.error.text)
    }
}

/// A child process, with what it has written so far.
final class RunningProgram: Sendable {
    let output: Transcript
    let error: Transcript
    let identifier: Int32
    private let exit: AsyncStream<Int32>

    /// - Parameters:
    ///   - redirection: what a shell does to the program's streams, such as `2>&-`.
    ///   - lastWords: what the reader of standard error waits for before it goes away.
    init(
        _ arguments: [String], environment: [String: String] = [:], in directory: String, redirection: String? = nil,
        readingErrorsUntil lastWords: String? = nil
    ) throws {
        output = Transcript()
        error = Transcript(until: lastWords)
        let process = Process()
        let program = try Program.path
        process.executableURL = URL(filePath: redirection == nil ? program : "/bin/sh")
        process.arguments = redirection.map { ["-c", "exec \"$0\" \"$@\" \($0)", program] + arguments } ?? arguments
        process.currentDirectoryURL = URL(filePath: directory)
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.writing
        process.standardError = error.writing
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(
                process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
            continuation.finish()
        }
        exit = stream
        try process.run()
        identifier = process.processIdentifier
        output.closeWriting()
        error.closeWriting()
    }

    /// Waits for the end: the exit status, or the negative number of the signal that ended it.
    func status() async -> Int32 {
        var status: Int32 = .min
        for await value in exit { status = value }
        await output.end()
        await error.end()
        return status
    }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(identifier, number) }
}

/// What a child process writes to one of its streams, read by a thread of its own.
final class Transcript: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
    }

    private let pipe = Pipe()
    private let state = Mutex(State())
    private let news: AsyncStream<Void>
    private let teller: AsyncStream<Void>.Continuation

    /// - Parameter lastWords: what the reader waits for before it goes away and leaves the child with a broken pipe.
    init(until lastWords: String? = nil) {
        (news, teller) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        Thread { [self] in read(until: lastWords) }.start()
    }

    /// The end for the child; closed here once the child has it.
    var writing: FileHandle { pipe.fileHandleForWriting }

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    func closeWriting() {
        Self.close(writing)
    }

    /// Waits until the text has something; false when nothing more can come.
    func contains(_ text: String) async -> Bool {
        for await _ in news where self.text.contains(text) { return true }
        return self.text.contains(text)
    }

    /// Waits until nothing more can come.
    func end() async {
        guard !state.withLock({ $0.hasEnded }) else { return }
        for await _ in news where state.withLock({ $0.hasEnded }) { return }
    }

    private func read(until lastWords: String?) {
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Foundation.read(pipe.fileHandleForReading.fileDescriptor, &part, part.count)
            guard count > 0 else { break }
            state.withLock { $0.bytes += part.prefix(count) }
            teller.yield()
            if let lastWords, text.contains(lastWords) { break }
        }
        Self.close(pipe.fileHandleForReading)
        state.withLock { $0.hasEnded = true }
        teller.finish()
    }

    private static func close(_ end: FileHandle) {
        do { try end.close() } catch { Issue.record("an end of a pipe stays open: \(error)") }
    }
}

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
    let output = Transcript()
    let error = Transcript()
    let identifier: Int32
    private let exit: AsyncStream<Int32>

    init(_ arguments: [String], environment: [String: String] = [:], in directory: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: try Program.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.pipe
        process.standardError = error.pipe
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

    /// Waits for the end and for all that was written: the exit status, or the negative number of the signal that ended it.
    func status() async -> Int32 {
        let status = await exitStatus()
        await output.end()
        await error.end()
        return status
    }

    /// Waits for the end.
    func exitStatus() async -> Int32 {
        var status: Int32 = .min
        for await value in exit { status = value }
        return status
    }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(identifier, number) }
}

/// What a child process writes to one of its streams.
final class Transcript: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
    }

    let pipe = Pipe()
    private let state = Mutex(State())
    private let news: AsyncStream<Void>
    private let teller: AsyncStream<Void>.Continuation

    init() {
        (news, teller) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.add(data)
        }
    }

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    func closeWriting() {
        do { try pipe.fileHandleForWriting.close() } catch { Issue.record("the pipe's end stays open: \(error)") }
    }

    /// Waits until the text has something.
    func contains(_ text: String) async -> Bool {
        for await _ in news {
            if self.text.contains(text) { return true }
            if state.withLock({ $0.hasEnded }) { return false }
        }
        return self.text.contains(text)
    }

    /// Waits until nothing more can come.
    func end() async {
        guard !state.withLock({ $0.hasEnded }) else { return }
        for await _ in news where state.withLock({ $0.hasEnded }) { return }
    }

    private func add(_ data: Data) {
        state.withLock { state in
            state.bytes += data
            if data.isEmpty { state.hasEnded = true }
        }
        teller.yield()
        if data.isEmpty { teller.finish() }
    }
}

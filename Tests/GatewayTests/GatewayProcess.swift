import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import Synchronization
import Testing

/// The built `purser serve` as a process of its own, on a free port, with a database that outlives it.
final class GatewayProcess: Sendable {
    /// Where callers reach it.
    let url: String
    private let process: Mutex<Process>
    private let output: Mutex<String>
    private let ended: AsyncStream<Int32>

    private init(_ process: Process, url: String, output: String, ended: AsyncStream<Int32>) {
        self.process = Mutex(process)
        self.url = url
        self.output = Mutex(output)
        self.ended = ended
    }

    /// Why a process did not come to listen.
    struct NotListening: Error {
        let output: String
    }

    /// Starts it and waits until it listens.
    /// - Parameters:
    ///   - crash: a step at which the process kills itself: `dispatched`, `called:3`.
    ///   - launcher: a program, and its arguments, that becomes the gateway when it is told its command line.
    static func start(in place: Place, crash: String? = nil, by launcher: [String] = []) async throws -> GatewayProcess
    {
        let process = Process()
        let command = launcher + [Place.binary.path(percentEncoded: false), "serve", "--config", place.configuration]
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["HELODATA_API_KEY": place.heloDataKey, "LEGACY_API_KEY": place.legacyKey, "PURSER_CRASH_AT": crash ?? ""]
        ) { $1 }.filter { !$0.value.isEmpty }
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        let ended = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            ended.continuation.yield(
                process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
            ended.continuation.finish()
        }
        let lines = AsyncStream.makeStream(of: String.self)
        let log = Mutex("")
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                lines.continuation.finish()
            } else {
                lines.continuation.yield(String(decoding: data, as: UTF8.self))
            }
        }
        try process.run()
        var seen = ""
        for await text in lines.stream {
            seen += text
            log.withLock { $0 += text }
            guard let start = seen.firstRange(of: "listening on http://"),
                let end = seen[start.upperBound...].firstIndex(where: { !($0.isNumber || $0 == "." || $0 == ":") })
            else { continue }
            let gateway = GatewayProcess(
                process, url: "http://" + seen[start.upperBound..<end], output: seen, ended: ended.stream)
            // The log is read to its end, so that a full pipe never holds the process up.
            Task { for await text in lines.stream { gateway.output.withLock { $0 += text } } }
            return gateway
        }
        throw NotListening(output: seen)
    }

    /// What it has written so far.
    var log: String { output.withLock { $0 } }

    /// Its process id.
    var id: Int32 { process.withLock { $0.processIdentifier } }

    /// The most memory that it has held so far, in bytes.
    func peakMemory() throws -> Int {
        let id = process.withLock { $0.processIdentifier }
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }) ?? []
        return try #require(words.count > 1 ? Int(words[1]) : nil) * 1024
    }

    /// Kills it as a crash would, and waits until it is gone.
    func kill() async {
        process.withLock { process in
            if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        }
        await waitForEnd()
    }

    /// Asks it to stop.
    func signal() { process.withLock { $0.terminate() } }

    /// Asks it to stop, and waits until it has.
    /// - Returns: its exit status; negative for a signal.
    @discardableResult
    func stop() async -> Int32 {
        signal()
        return await waitForEnd()
    }

    /// Waits until it is gone.
    @discardableResult
    func waitForEnd() async -> Int32 {
        for await status in ended { return status }
        return process.withLock { $0.terminationReason == .exit ? $0.terminationStatus : -$0.terminationStatus }
    }
}

/// A folder with a configuration and a database, for one test.
struct Place: Sendable {
    let folder: String
    /// Where the vendor answers that orders of HeloData go to.
    let heloDataURL: String
    let heloDataKey: String
    let legacyKey: String

    var configuration: String { folder + "/purser.yaml" }
    var database: String { folder + "/purser.db" }

    /// The built program, beside the tests; another, such as a release build, with `PURSER_BINARY` in the environment.
    static let binary: URL = {
        if let path = ProcessInfo.processInfo.environment["PURSER_BINARY"] { return URL(filePath: path) }
        let here = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = here.appending(path: "purser")
        if FileManager.default.isExecutableFile(atPath: beside.path(percentEncoded: false)) { return beside }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/debug/purser")
    }()

    /// Makes the folder and a configuration with pauses short enough for a test.
    init(heloData: String, heloDataKey: String, legacy: String, legacyKey: String, tuning: Tuning) throws {
        folder = NSTemporaryDirectory() + "purser-test-" + UUID().uuidString
        heloDataURL = heloData
        self.heloDataKey = heloDataKey
        self.legacyKey = legacyKey
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let common = """
            connect_timeout: 1s, timeout: \(tuning.timeout),
                          follow_interval: 200ms, settle_time: \(tuning.settleTime), breaker: { failures: \(tuning.breakerFailures), rest: 1s }
            """
        try """
        http: { port: 0 }
        database: { path: "\(database)" }
        orders: { deadline: \(tuning.deadline), wait: 20s }
        routing: { order: [helodata, legacy], fallback: \(tuning.fallback) }
        inventory: { fresh: \(tuning.fresh), lists_fresh: \(tuning.fresh) }
        vendors:
          helodata: { kind: helodata, base_url: "\(heloData)", api_key: { env: HELODATA_API_KEY }, resend_window: \(tuning.resendWindow),
                      resend_pause: 20ms, resend_pause_max: 200ms,
                      prices: { residential_gb: "4.50", mobile_gb: "8.00", isp_ip_month: "6.00" }, \(common) }
          legacy:   { kind: legacy, base_url: "\(legacy)", api_key: { env: LEGACY_API_KEY }, goal: scraping, \(common) }
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    /// Makes the next gateway listen where an earlier one did.
    func listen(on url: String) throws {
        let port = url.split(separator: ":").last ?? "0"
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try text.replacing("port: 0", with: "port: \(port)").write(
            toFile: configuration, atomically: true, encoding: .utf8)
    }

    /// Makes a key with `purser keys create`, as an operator would.
    func key(client: String, role: String) async throws -> String {
        let (status, output) = try await run([
            "keys", "create", "--config", configuration, "--client", client, "--role", role,
        ])
        try #require(status == 0, "\(output)")
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs another command of the program to its end.
    func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["HELODATA_API_KEY": heloDataKey, "LEGACY_API_KEY": legacyKey]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { process in
                let output = pipe.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(returning: (process.terminationStatus, String(decoding: output, as: UTF8.self)))
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }

    func remove() {
        do { try FileManager.default.removeItem(atPath: folder) } catch { Issue.record("\(error)") }
    }
}

/// What a test changes about the configuration.
struct Tuning: Sendable {
    var timeout = "2s"
    var deadline = "4s"
    var settleTime = "2s"
    var resendWindow = "20h"
    var fallback = "stock"
    var breakerFailures = 1000
    /// How long what was read from vendors is fresh.
    var fresh = "60s"
}

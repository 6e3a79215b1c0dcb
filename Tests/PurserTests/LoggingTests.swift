import ExactJSON
import Foundation
import Logging
import Testing

@testable import purser

/// What is written to standard error, and that writing it never waits.
@Suite struct LoggingTests {
    static let time = Date(timeIntervalSince1970: 1_779_962_400.25)

    /// What a logger writes into a pipe.
    static func written(isText: Bool = false, _ work: (Logger) -> Void) throws -> String {
        let pipe = Pipe()
        let output = StandardErrorLogHandler.Output.descriptor(
            pipe.fileHandleForWriting.fileDescriptor, isText: isText, now: { time })
        work(Logger(label: "test") { _ in StandardErrorLogHandler(output: output, level: .trace) })
        #expect(output.queue.flush())
        try pipe.fileHandleForWriting.close()
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    static func line(_ work: (Logger) -> Void) throws -> JSON {
        try JSON(parsing: written(work).utf8.dropLast(), as: .answer)
    }

    @Test func `a line is a JSON object with the time first`() throws {
        let text = try Self.written { $0.notice("order completed", metadata: ["order_id": "ord_1", "attempt": "2"]) }
        #expect(
            text == """
                {"time":"2026-05-28T10:00:00.250Z","level":"notice","message":"order completed","attempt":"2",\
                "order_id":"ord_1"}

                """)
    }

    @Test func `for people a line is text`() throws {
        let text = try Self.written(isText: true) {
            $0.warning("the vendor rests", metadata: ["vendor": "h", "why": "no answer", "none": ""])
        }
        #expect(text == "10:00:00.250 WARNING  the vendor rests  none=\"\" vendor=h why=\"no answer\"\n")
    }

    @Test func `a logger's own data goes with each line, and a line's data comes first`() throws {
        let line = try Self.line { logger in
            var logger = logger
            logger[metadataKey: "order_id"] = "ord_1"
            logger[metadataKey: "step"] = "old"
            logger.info("x", metadata: ["step": "new"])
        }
        #expect(line["order_id"] == "ord_1")
        #expect(line["step"] == "new")
    }

    @Test func `nested data is flattened`() throws {
        let line = try Self.line {
            $0.info("x", metadata: ["a": ["b": ["c", .dictionary(["d": "1"])]], "n": .stringConvertible(7)])
        }
        #expect(line["a.b.0"] == "c")
        #expect(line["a.b.1.d"] == "1")
        #expect(line["n"] == "7")
    }

    @Test func `data cannot take the place of what the line says itself`() throws {
        let line = try Self.line { $0.info("x", metadata: ["level": "critical", "message": "m", "time": "t"]) }
        #expect(line["level"] == "info")
        #expect(line["message"] == "x")
        #expect(line["level_"] == "critical")
        #expect(line["message_"] == "m")
    }

    @Test(arguments: [
        ("a\nb", "a\\u{A}b"), ("\u{1B}[31m", "\\u{1B}[31m"), ("a\u{202E}b", "a\\u{202E}b"), ("\u{85}", "\\u{85}"),
        ("\u{2028}", "\\u{2028}"), ("\",\"level\":\"x", "\",\"level\":\"x"), ("\0", "\\u{0}"), ("naïve", "naïve"),
    ])
    func `a value cannot end its line, act on a terminal or become data`(value: String, shown: String) throws {
        #expect(try Self.line { $0.info("x", metadata: ["v": "\(value)"]) }["v"]?.string == shown)
        for isText in [true, false] {
            let text = try Self.written(isText: isText) { $0.info("\(value)", metadata: ["v": "\(value)"]) }
            #expect(text.unicodeScalars.filter { $0.value < 0x20 || $0.value == 0x202E } == ["\n"])
        }
    }

    @Test func `a value is capped, and so is their number`() throws {
        let long = String(repeating: "é", count: 1_000_000)
        let line = try Self.line { logger in
            var data = Logger.Metadata(uniqueKeysWithValues: (100..<300).map { ("k\($0)", "v") })
            data["a"] = "\(long)"
            logger.info("\(long)", metadata: data)
        }
        let capped = String(repeating: "é", count: 256) + "…"
        #expect(line["a"]?.string == capped)
        #expect(line["message"]?.string == capped)
        #expect((100..<300).filter { line["k\($0)"] != nil }.count == LogLine.fieldLimit - 1)
    }

    @Test func `the level is heeded`() throws {
        let text = try Self.written { logger in
            var logger = logger
            logger.logLevel = .warning
            logger.notice("quiet")
        }
        #expect(text.isEmpty)
    }
}

/// The queue between those who log and the thread that writes.
@Suite struct LogQueueTests {
    /// A pipe that is full, so that whoever writes to it waits.
    private static func fullPipe() -> Pipe {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let filler = [UInt8](repeating: UInt8(ascii: "."), count: 4096)
        while write(descriptor, filler, filler.count) > 0 {}
        _ = fcntl(descriptor, F_SETFL, flags)
        return pipe
    }

    private static func queue(_ pipe: Pipe, capacity: Int) -> LogQueue {
        LogQueue(descriptor: pipe.fileHandleForWriting.fileDescriptor, capacity: capacity) {
            Array("dropped \($0)\n".utf8)
        }
    }

    @Test func `a pipe that nobody reads drops lines, counts them, and tells when it is read again`() throws {
        let pipe = Self.fullPipe()
        let queue = Self.queue(pipe, capacity: 100)
        for number in 0..<1000 { queue.add(Array("line \(number)\n".utf8)) }
        #expect(queue.dropped > 0)
        #expect(!queue.flush(within: .milliseconds(50)))

        // The reader comes back: the lines that fitted come in their order, and every other one is in some count.
        var text = ""
        var told = (lines: [Int](), dropped: 0)
        while told.lines.count + told.dropped < 1000 {
            text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            told.lines = text.matches(of: /line (\d+)\n/).compactMap { Int($0.1) }
            told.dropped = text.matches(of: /dropped (\d+)\n/).compactMap { Int($0.1) }.reduce(0, +)
        }
        #expect(told.lines == Array(0..<100))
        #expect(told.dropped == 900)
        #expect(queue.dropped == 0)
        #expect(queue.flush())
    }

    @Test func `a closed reader loses lines and nothing else`() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        // The queue goes on writing for as long as the process lives, so the descriptor must never be another file's.
        _ = Unmanaged.passRetained(pipe)
        try pipe.fileHandleForReading.close()
        let queue = Self.queue(pipe, capacity: 10)
        for _ in 0..<5 { queue.add(Array("line\n".utf8)) }
        #expect(queue.flush())
        #expect(queue.dropped > 0)
    }

    @Test func `lines of many threads stay whole`() async throws {
        let pipe = Pipe()
        let queue = Self.queue(pipe, capacity: 4096)
        let line = String(repeating: "x", count: 200)
        let reader = Task.detached {
            var text = ""
            while text.utf8.count < 1000 * 201 {
                text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            }
            return text
        }
        await withDiscardingTaskGroup { group in
            for _ in 0..<10 { group.addTask { for _ in 0..<100 { queue.add(Array((line + "\n").utf8)) } } }
        }
        let lines = await reader.value.split(separator: "\n")
        #expect(lines.count == 1000)
        #expect(lines.allSatisfy { $0 == line })
    }
}

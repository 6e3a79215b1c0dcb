import ExactJSON
import Testing

@testable import purser

@Suite struct EventReaderTests {
    @Test func `events are whole however they arrive in pieces`() throws {
        let text =
            "retry: 2000\n\n:\n\nid: evt_1\nevent: order.pending\ndata: {\"n\":1}\n\n:\n\nid: evt_2\ndata: {\"n\": 2}\n\n"
        for size in 1...text.utf8.count {
            var (reader, seen): (EventReader, [EventReader.Message]) = (EventReader(), [])
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                seen += try reader.take(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(seen.map(\.id) == ["evt_1", "evt_2"])
            #expect(seen.map { $0.event["n"]?.int } == [1, 2])
        }
    }

    @Test func `what is no event is refused`() {
        var reader = EventReader()
        #expect(throws: CommandFailure.self) { try reader.take(Array("id: evt_1\ndata: {\n\n".utf8)) }
    }

    @Test func `progress says how much of how many`() {
        #expect(ExportProgress.line(5, of: nil) == "5 orders")
        #expect(ExportProgress.line(5, of: 10).hasSuffix("] 5 of 10 orders, 50 %"))
        #expect(ExportProgress.line(12, of: 10).hasSuffix("] 12 of 10 orders, 100 %"))
        #expect(ExportProgress.line(0, of: 0) == "0 orders")
    }
}

import ExactJSON
import Foundation
import Hummingbird
import NIOCore
import Purchasing
import ServiceLifecycle

/// Events as they are committed, on one connection: server-sent events, as the HTML standard writes them.
///
/// A reader reads at its own pace: nothing is kept for it but the place that it has reached. One that takes nothing at all is
/// let go by the front door's `writeTimeout`.
struct EventStream: Sendable {
    let query: EventQuery
    let tail: EventTail
    let signal: CommitSignal
    let timepiece: Timepiece
    /// After how long without an event a comment is sent, so that both ends and those between see that the other is there.
    let heartbeat: Duration

    /// How long a browser waits before it takes the stream up again, in milliseconds.
    private static let retry = 2000

    /// Writes until the server stops, or the reader is gone.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        var query = query
        try await writer.write(ByteBuffer(string: "retry: \(Self.retry)\n\n"))
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            // Before it is asked what there is: what comes afterwards rings. A stream that was waited for in vain has ended.
            let rings = signal.watch(client: query.client)
            let (events, place) = try await tail.next(query)
            if !events.isEmpty { try await writer.write(ByteBuffer(string: events.map(Self.text).joined())) }
            if place > query.after {
                query.after = place
                continue
            }
            let hasRung = await rings.first(within: heartbeat, timepiece) { _ in true } != nil
            if !hasRung, !Task.isShuttingDownGracefully { try await writer.write(ByteBuffer(string: ":\n\n")) }
        }
        try await writer.finish(nil)
    }

    private static func text(of placed: PlacedEvent) -> String {
        let event = placed.event
        return "id: \(event.id.text)\nevent: \(event.type.text)\ndata: \(EventBody(event).json.text)\n\n"
    }
}

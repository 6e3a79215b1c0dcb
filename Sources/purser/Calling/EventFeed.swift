import ExactJSON
import Foundation

/// The events of a gateway, read to their end or followed.
struct EventFeed {
    let parameters: [(name: String, value: String?)]
    let client: GatewayClient

    /// How long to wait before a stream that was lost is taken up again.
    private static let pause = Duration.seconds(1)
    /// For how long a lost stream is taken up again before the command gives up.
    private static let patience = Duration.seconds(60)

    /// Reads every event there is.
    /// - Throws: `CommandFailure` when the gateway refuses or cannot be read.
    func list(after: String?, _ take: (JSON) throws(CommandFailure) -> Void) async throws(CommandFailure) {
        var after = after
        while true {
            let call = GatewayCall(reading: "/events", parameters + [("after", after), ("limit", "200")])
            let answer: GatewayAnswer
            do throws(CallFailure) { answer = try await client.send(call) } catch { throw error.commandFailure }
            guard answer.isGood else { throw CommandFailure(answer.refusalStatus, answer.problemText) }
            for event in answer.json["data"]?.array ?? [] { try take(event) }
            guard let next = answer.json["next_cursor"]?.string else { return }
            after = next
        }
    }

    /// Follows events until somebody has seen enough; a stream that is lost is taken up again where it was lost.
    /// - Parameter take: takes an event, and says whether there shall be more.
    /// - Throws: `CommandFailure` when the gateway refuses, or cannot be reached for a minute.
    func follow(after: String?, _ take: (JSON) throws(CommandFailure) -> Bool) async throws {
        var last: String?
        var lostSince: ContinuousClock.Instant?
        while true {
            var isDone = false
            let start = ContinuousClock.now
            do throws(CommandFailure) {
                try await stream(after: after, last: last) { (message) throws(CommandFailure) in
                    last = message.id
                    isDone = try !take(message.event)
                    if isDone { throw Self.enough }
                }
            } catch {
                if isDone { return }
                guard error.status == ExitStatus.unreachable else { throw error }
                let now = ContinuousClock.now
                let since = now - start > Self.patience ? now : lostSince ?? now
                lostSince = since
                guard now - since < Self.patience else { throw error }
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    private static let enough = CommandFailure(ExitStatus.failure, "seen enough")

    private func stream(
        after: String?, last: String?, _ take: (EventReader.Message) throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        var headers = [("accept", "text/event-stream")]
        if let last { headers.append(("last-event-id", last)) }
        let call = GatewayCall(
            reading: "/events", parameters + [("after", after)], headers: headers, limit: .seconds(86_400 * 365))
        var reader = EventReader()
        _ = try await client.download(call, as: "text/event-stream") { (bytes) throws(CommandFailure) in
            for message in try reader.take(bytes) { try take(message) }
        }
    }
}

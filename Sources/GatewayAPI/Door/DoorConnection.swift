import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// An accepted connection on its way to the task that serves it.
///
/// A connection that is accepted in the instant when the server stops is dropped on that way, and SwiftNIO ends the
/// process when a `NIOAsyncChannel` is dropped that was never served (swift-nio issues 2637 and 2813). This box closes
/// it instead.
final class DoorConnection: ServerChildChannelValue {
    typealias AsyncChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    private let asyncChannel: AsyncChannel
    private let isTaken = Atomic(false)

    var channel: any Channel { self.asyncChannel.channel }

    init(_ asyncChannel: AsyncChannel) {
        self.asyncChannel = asyncChannel
    }

    deinit {
        guard !self.isTaken.load(ordering: .relaxed) else { return }
        // The closure of a `Task` outlives this object, so it may hold the channel but not the object.
        Task { [asyncChannel] in try? await asyncChannel.executeThenClose { _, _ in } }
    }

    /// The channel, for the one who will serve and close it.
    func take() -> AsyncChannel {
        self.isTaken.store(true, ordering: .relaxed)
        return self.asyncChannel
    }
}

/// One topic at one vendor: what a reading is kept under.
public struct ReadingKey: Sendable, Hashable {
    /// The vendor's name in the configuration.
    public let vendor: String
    public let topic: ReadingTopic

    public init(vendor: String, topic: ReadingTopic) {
        self.vendor = vendor
        self.topic = topic
    }
}

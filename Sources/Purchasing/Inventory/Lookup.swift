/// What was found out about a topic, and for how long that can be told again unasked.
struct Lookup: Sendable {
    let known: KnownReading
    /// Where it comes from; nil when it comes from no entry.
    let part: ReadingBasis.Part?
    /// When the call that read it was begun, as elapsed time; nil without a value.
    let begunAt: Duration?
    /// Until when it is fresh; nil without a value.
    let freshUntil: Duration?
    /// When it will be told differently by the mere passing of time; nil for never.
    let changesAt: Duration?
    /// Whether a call to the vendor was waited for.
    let isFetched: Bool

    /// A topic that is not read at all.
    init(notRead reason: String, at now: Moment) {
        known = KnownReading(
            value: nil, readAt: nil, isStale: true, failure: ReadFailure(reason: reason, at: now.wall))
        part = nil
        begunAt = nil
        freshUntil = nil
        changesAt = nil
        isFetched = false
    }

    init(
        _ known: KnownReading, part: ReadingBasis.Part?, begunAt: Duration?, freshUntil: Duration?,
        changesAt: Duration?, isFetched: Bool
    ) {
        self.known = known
        self.part = part
        self.begunAt = begunAt
        self.freshUntil = freshUntil
        self.changesAt = changesAt
        self.isFetched = isFetched
    }
}

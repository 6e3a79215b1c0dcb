/// The trace that calls to vendors belong to while they are made for one caller's order or action.
///
/// It goes with the task: whatever an adapter has to read for the sake of one order is part of that order's trace, without
/// each call of each vendor having to be told. Readings that several share, and those that nobody asked for, have none.
public enum CallTrace {
    /// The W3C `traceparent` that the caller sent; nil where there is none.
    @TaskLocal public static var traceparent: String?

    /// Does work that belongs to a trace, or to none.
    static func with<Value: Sendable>(_ traceparent: String?, _ work: () async -> Value) async -> Value {
        await $traceparent.withValue(traceparent, operation: work)
    }
}

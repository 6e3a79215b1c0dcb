/// Ends the waiting of orders that stand in a vendor's queue for longer than they may: one clock for all of them.
enum QueueWatch {
    /// Watches a vendor's queue until the task is cancelled or the server drains.
    static func run(_ vendor: Vendor, on floor: BuyingFloor) async {
        let limit = floor.policy.queueLimit
        for await _ in vendor.lane.arrivals() {
            while let since = vendor.lane.longestWait {
                guard await floor.timepiece.pause(since + limit - floor.timepiece.elapsed()) else { return }
                vendor.lane.dismissWaiting(since: floor.timepiece.elapsed() - limit)
            }
        }
    }
}

import Synchronization

/// Lets one action at a time at the goods of an order, in the order in which they came: what changes can then be told to be
/// its doing.
final class ActionLanes: Sendable {
    private let lanes = Mutex<[OrderID: (lane: VendorLane, users: Int)]>([:])

    /// The lane of an order, kept until `giveBack`.
    func take(_ id: OrderID) -> VendorLane {
        lanes.withLock { lanes in
            let entry = lanes[id] ?? (VendorLane(width: 1), 0)
            lanes[id] = (entry.lane, entry.users + 1)
            return entry.lane
        }
    }

    /// Gives a lane back that was taken; the last user's is forgotten.
    func giveBack(_ id: OrderID) {
        lanes.withLock { lanes in
            guard let entry = lanes[id] else { return }
            lanes[id] = entry.users > 1 ? (entry.lane, entry.users - 1) : nil
        }
    }
}

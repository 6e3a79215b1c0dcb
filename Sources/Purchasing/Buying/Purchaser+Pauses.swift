import Foundation

extension Purchaser {
    /// How many seconds to leave a vendor alone that could not take something: as long as it said, where that is still
    /// ahead, else as long as its circuit rests; nil when neither is known, or the problem is another.
    func pause(after problem: OrderProblem?, at vendor: String?) -> Int? {
        guard let problem, problem.code == .vendorUnavailable else { return nil }
        let now = floor.timepiece.now()
        if let retryAt = problem.retryAt, retryAt > now {
            // A clock that was set back must not ask for years.
            return Int(min(retryAt.timeIntervalSince(now), 86_400).rounded(.up))
        }
        return floor.vendor(vendor)?.circuit.remainingRest(at: now).map { Int($0.seconds) }
    }
}

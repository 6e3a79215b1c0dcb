import ExactJSON
import Foundation

/// What becomes of an order that may not be bought now.
extension OrderRun {
    /// Waits while buying is paused, the order still pending; the order that failed when it waited too long.
    ///
    /// It waits as long as in a vendor's queue, counted anew after a restart.
    func waitForBuying(_ order: Order) async throws(Interruption) -> Order? {
        guard let pause = floor.gate.pause else { return nil }
        let (changes, timepiece) = (floor.board.watch(order.id), floor.timepiece)
        let end = await floor.gate.wait(within: floor.policy.queueLimit, timepiece) {
            await changes.first(within: .seconds(86_400), timepiece) { $0.status != .pending } != nil
        }
        switch end {
        case .opened: return nil
        case .changed: throw .overtaken
        case .stopped: throw .draining
        case .timeIsUp:
            let detail = "the order waited \(floor.policy.queueLimit) and nothing was sent, since \(pause.words)"
            return try await fail(order, OrderProblem(code: .buyingPaused, detail: detail), cause: "queue_limit")
        }
    }

    /// The order after its dispatch was barred: as it was, to wait, where buying is paused.
    func standBack(_ order: Order, because bar: SpendingBar) async throws(Interruption) -> Order {
        switch bar {
        case .paused(let change):
            floor.gate.learn(change)
            return order
        }
    }

    /// The failed order where a call would begin a purchase anew, all earlier ones being proved to have bought nothing, and
    /// buying is paused by now; nil where it may go.
    func haltWhilePaused(_ order: Order, tries: Int) async throws(Interruption) -> Order? {
        guard order.status == .purchasing, let pause = floor.gate.pause else { return nil }
        let problem = OrderProblem(code: .buyingPaused, detail: pause.words + "; nothing was bought")
        return try await fail(order, problem, cause: "buying_paused", outcome: .notSent, tries: tries)
    }
}

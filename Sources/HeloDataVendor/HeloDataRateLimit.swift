import Foundation
import Purchasing
import VendorHTTP

/// Keeps the calls of one account inside the vendor's rate limit, as far as its answers tell it.
///
/// Documented (/api-reference/rate-limits): a limit per minute and key, told by `X-RateLimit-Limit`, `-Remaining` and
/// `-Reset` (seconds since 1970), and `429` with `Retry-After` beyond it. Assumed: `Reset` is when `Remaining` is full
/// again. A fifth of the limit is kept for purchases and another fifth for following, so that who only looks waits first,
/// then following, and purchases last.
actor HeloDataRateLimit {
    /// What waits first when the limit is near.
    enum Urgency: Sendable {
        case purchase
        /// Following what was sold, settling, and the account that shows whether the vendor is back.
        case read
        /// What there is to buy: nobody's order hangs on it.
        case browse
    }

    private var limit: Int?
    private var remaining: Int?
    private var resetsAt: Date?
    /// Until when the vendor wants to be left alone; set by a `429`.
    private var closedUntil: Date?
    /// Calls whose answers have not told yet how many remain.
    private var inFlight = 0

    /// Lets a call go and counts it.
    /// - Returns: nil when it may go now, else how long to wait before asking again.
    func admit(_ urgency: Urgency, now: Date) -> Duration? {
        if let closedUntil, now < closedUntil { return Self.wait(from: now, to: closedUntil) }
        closedUntil = nil
        if let resetsAt, now >= resetsAt {
            self.resetsAt = nil
            remaining = nil
        }
        if let resetsAt, let remaining, remaining <= reserve(for: urgency) { return Self.wait(from: now, to: resetsAt) }
        remaining = remaining.map { $0 - 1 }
        inFlight += 1
        return nil
    }

    /// Takes in what came of a call that was let go.
    func finish(_ reply: VendorReply, now: Date) {
        inFlight -= 1
        guard case .answer(let answer) = reply else { return }
        if answer.status == 429 {
            closedUntil = now.advanced(by: RetryAfter.wait(toldBy: answer, now: now))
        }
        guard let told = answer.headers["x-ratelimit-remaining"].flatMap(RetryAfter.wholeNumber),
            let wait = RetryAfter.timeToReset(toldBy: answer, now: now)
        else { return }
        limit = answer.headers["x-ratelimit-limit"].flatMap(RetryAfter.wholeNumber)
        remaining = told - inFlight
        resetsAt = now.advanced(by: wait)
    }

    private func reserve(for urgency: Urgency) -> Int {
        switch urgency {
        case .purchase: 0
        case .read: (limit ?? 0) / 5
        case .browse: (limit ?? 0) * 2 / 5
        }
    }

    private static func wait(from now: Date, to end: Date) -> Duration {
        .milliseconds(max(1, end.milliseconds - now.milliseconds))
    }
}

import ExactJSON
import Foundation
import Logging

/// Watches for bought IPs that are about to lapse, and says so on their orders' timelines.
///
/// A vendor may have renewed them by its own clock, so the expiry is read anew before anything is said of it.
struct ExpiryWatch {
    let floor: BuyingFloor
    private let notices: ExpiryNotices
    private var said: [OrderID: ExpiryNotices.Said] = [:]

    /// How often orders are looked through.
    static let interval = Duration.seconds(600)
    /// How long after their end orders are still looked at: a vendor may renew them in its grace.
    private static let afterwards = Duration.seconds(8 * 86_400)

    /// - Parameter leads: how long before the end notices are due; as the policy has it by default.
    init(on floor: BuyingFloor, noticing leads: [Duration]? = nil) {
        self.floor = floor
        notices = ExpiryNotices(leads: leads ?? floor.policy.expiryNotices)
    }

    /// Watches all orders of a floor, as long as `run()` does.
    static func run(on floor: BuyingFloor) async {
        guard !floor.policy.expiryNotices.isEmpty else { return }
        var watch = ExpiryWatch(on: floor)
        await watch.run()
    }

    /// Watches until the server drains or the task is cancelled.
    mutating func run() async {
        while !Task.isCancelled, !floor.jobs.isDraining {
            await look()
            await floor.timepiece.pause(Self.interval)
        }
    }

    /// Looks through all orders whose goods lapse soon or lapsed just now.
    mutating func look() async {
        let now = floor.timepiece.now()
        let window = now.advanced(by: .zero - Self.afterwards)..<now.advanced(by: notices.leads.max() ?? .zero)
        var seen: Set<OrderID> = []
        var last: Order?
        repeat {
            let page: [Order]
            do { page = try await floor.store.lapsing(within: window, after: last) } catch {
                floor.logger.warning("orders that lapse could not be read", metadata: ["reason": "\(error)"])
                return
            }
            for order in page {
                seen.insert(order.id)
                await look(at: order, now)
            }
            last = page.last
        } while last != nil && !floor.jobs.isDraining
        said = said.filter { seen.contains($0.key) }
    }

    private mutating func look(at order: Order, _ now: Date) async {
        guard let expiresAt = order.expiresAt, !order.flags.contains(Order.releasedFlag) else { return }
        do {
            var said = try await saidSoFar(of: order, expiresAt)
            guard let notice = notices.due(at: now, said) else {
                self.said[order.id] = said
                return
            }
            let told = await expiry(of: order)
            if let told, told != expiresAt {
                try await note(.evidenceRead, cause: "expiry_moved", told, on: order)
                self.said[order.id] = nil
                return
            }
            try await note(notice.kind, cause: notice.cause, expiresAt, on: order, isRead: told != nil)
            said.notice = notice
            self.said[order.id] = said
        } catch {
            // Whoever changed the order meanwhile goes first; it is looked at again next time.
            floor.logger(for: order).debug("expiry not noted", metadata: ["reason": "\(error)"])
        }
    }

    /// What the timeline has said, remembered from then on.
    private func saidSoFar(of order: Order, _ expiresAt: Date) async throws(StoreError) -> ExpiryNotices.Said {
        if let said = said[order.id], said.expiresAt == expiresAt { return said }
        let events = try await floor.store.events(of: order.id)
        let given = events.filter { $0.data["expires_at"]?.string == expiresAt.rfc3339 }
            .compactMap(ExpiryNotices.Notice.init)
        return ExpiryNotices.Said(expiresAt: expiresAt, notice: given.min())
    }

    /// The expiry as the vendor tells it now; nil when it does not.
    private func expiry(of order: Order) async -> Date? {
        guard let vendor = floor.vendor(order.vendor) else { return nil }
        let id = vendor.adapter.traits.goodsAreBatches ? order.batchID : order.vendorOrderID
        guard let id else { return nil }
        do { return try await vendor.adapter.goods(id)?.endsAt } catch { return nil }
    }

    private func note(
        _ kind: OrderEvent.Kind, cause: String, _ expiresAt: Date, on order: Order, isRead: Bool = true
    ) async throws(StoreError) {
        var change = floor.change(order)
        change.update { $0.expiresAt = expiresAt }
        change.note(
            kind, cause: cause, actor: isRead ? .init(.vendor, order.vendor ?? "") : .purser,
            data: ["expires_at": .string(expiresAt.rfc3339), "confirmed": .bool(isRead)])
        _ = try await floor.commit(change)
    }
}

extension ExpiryNotices.Notice {
    fileprivate var kind: OrderEvent.Kind {
        switch self {
        case .expired: .goodsExpired
        case .ahead: .goodsExpiring
        }
    }

    /// `expired`, or the time that was left: `within_259200s`.
    fileprivate var cause: String {
        switch self {
        case .expired: "expired"
        case .ahead(let lead): "within_\(lead.components.seconds)s"
        }
    }

    /// A notice as it was noted.
    fileprivate init?(_ event: OrderEvent) {
        switch event.type {
        case .goodsExpired: self = .expired
        case .goodsExpiring:
            guard let seconds = Int64(event.cause.dropFirst("within_".count).dropLast()) else { return nil }
            self = .ahead(.seconds(seconds))
        case .state, .attemptStarted, .attemptEnded, .evidenceRead, .decisionMade, .action, .refundRecorded: return nil
        }
    }
}

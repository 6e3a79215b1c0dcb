import Foundation

/// The proxies of an order, on their way from its vendor to its buyer.
public struct OrderProxies: Sendable {
    public let order: Order
    /// The first of them, at least one: what has come so that it could be known that the list begins well.
    public let first: [BoughtProxy]
    /// All others.
    public let rest: ProxyList
}

extension ProductShape {
    /// Whether IPs are sold, rather than traffic by the GB.
    public var hasIPs: Bool {
        switch self {
        case .isp, .ipv4, .ipv6, .mobileByIP: true
        case .residential, .mobileByGB: false
        }
    }
}

extension Purchaser {
    /// How many lists may be on their way from one vendor at once: each may hold a connection for as long as its caller
    /// takes to read it.
    public static let downloadsAtOnce = 8

    /// The proxies of an order, read from its vendor now; nothing of them is kept.
    /// - Parameter partial: whether an order that is still being provisioned may tell the proxies that are there so far.
    /// - Throws: `Problem` `not_found`; `proxies_not_ready` while they may still come; `no_proxies` when there are none
    ///   and will be none; `vendor_unavailable`, `vendor_auth_failed`; `overloaded` when too many lists are on their way.
    public func proxies(of id: OrderID, for caller: Caller, partial: Bool = false) async throws(Problem) -> OrderProxies
    {
        let order = try await self.order(id, for: caller)
        guard order.request.shape.hasIPs else {
            throw Self.problem(.noProxies, "\(order.request.shape.words) is sold as traffic, not as IPs", order)
        }
        try checkSold(order, partial: partial)
        if order.flags.contains(Order.releasedFlag) {
            throw Self.problem(.noProxies, "what the order bought was released; its IPs are gone", order)
        }
        guard let vendor = floor.vendor(order.vendor) else {
            throw Self.problem(.vendorUnavailable, "the order's vendor is not configured any more", order)
        }
        guard vendor.downloads.tryEnter() else {
            throw Problem(
                .overloaded, "\(Self.downloadsAtOnce) lists are being read from \(vendor.name) already",
                moneyState: .unchanged, retryAfter: 2)
        }
        return try await begin(order, at: vendor)
    }

    private func checkSold(_ order: Order, partial: Bool) throws(Problem) {
        switch order.status {
        case .completed: return
        case .provisioning:
            guard !partial else { return }
            throw Self.problem(
                .proxiesNotReady, "the order is provisioning; ask with partial=true for what is there so far", order,
                retryAfter: 10)
        case .pending, .purchasing, .unknown:
            throw Self.problem(.proxiesNotReady, "the order is \(order.status.rawValue)", order)
        case .failed, .canceled: throw Self.problem(.noProxies, "the order is \(order.status.rawValue)", order)
        }
    }

    private func begin(_ order: Order, at vendor: Vendor) async throws(Problem) -> OrderProxies {
        do throws(VendorError) {
            if let list = try await open(Sale(order), at: vendor), let first = try await list.next() {
                return OrderProxies(order: order, first: first, rest: list)
            }
        } catch {
            if case .refused = error { try await checkUnchanging(order) }
            throw Self.problem(error, vendor.name, order)
        }
        guard order.status == .completed else {
            throw Self.problem(.proxiesNotReady, "\(vendor.name) does not show them yet", order, retryAfter: 10)
        }
        try await checkUnchanging(order)
        throw Self.problem(
            .noProxies, "\(vendor.name) does not show them, at least not under an id that is known", order)
    }

    /// New IPs come in some minutes (HeloData, `/products/overview-2/ip-management`): until then there may be none to show.
    private static let changeTime: TimeInterval = 3600

    private func checkUnchanging(_ order: Order) async throws(Problem) {
        let recent = floor.timepiece.now().addingTimeInterval(-Self.changeTime)
        let change = try await history(of: order).last { action in
            [.refresh, .replace].contains(action.kind) && action.status != .failed && action.updatedAt >= recent
        }
        guard let change else { return }
        throw Self.problem(
            .proxiesNotReady, "its IPs are being changed (\(change.id)); the new ones come in some minutes", order,
            retryAfter: 10)
    }

    /// The list, which leaves the vendor's place for downloads when it is over, however it ends.
    private func open(_ sale: Sale, at vendor: Vendor) async throws(VendorError) -> ProxyList? {
        do throws(VendorError) {
            if let list = try await vendor.adapter.proxies(of: sale) {
                return list.onEnd { _ in vendor.downloads.leave() }
            }
        } catch {
            vendor.downloads.leave()
            throw error
        }
        vendor.downloads.leave()
        return nil
    }

    private static func problem(
        _ code: ProblemCode, _ detail: String, _ order: Order, retryAfter: Int? = nil
    ) -> Problem {
        Problem(code, detail, moneyState: order.moneyState, orderID: order.id, retryAfter: retryAfter)
    }

    private static func problem(_ error: VendorError, _ vendor: String, _ order: Order) -> Problem {
        switch error {
        case .unavailable(let reason): problem(.vendorUnavailable, "\(vendor) could not be read: \(reason)", order)
        case .rateLimited(let wait):
            problem(
                .vendorUnavailable, "\(vendor) wants to be asked later", order,
                retryAfter: Int(wait.seconds.rounded(.up)))
        case .authFailed: problem(.vendorAuthFailed, "\(vendor) refused Purser's credentials", order)
        case .unreadable(let what):
            problem(.vendorUnavailable, "\(vendor) answered something that is no list of proxies: \(what)", order)
        case .refused(let code, let message):
            Problem(
                .noProxies, "\(vendor) refused to hand them out", moneyState: order.moneyState, orderID: order.id,
                vendor: VendorStatement(name: vendor, code: code, message: message))
        }
    }
}

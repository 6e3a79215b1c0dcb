public import Purchasing
import VendorHTTP

/// Changing what was sold: batches of ISP IPs (/api-reference/orders, /api-reference/whitelists). Whether a batch renews
/// itself can be set in the dashboard only (/dashboard/extending-an-order).
extension HeloDataAdapter {
    public func actions(on shape: ProductShape) -> Set<ActionKind> {
        switch shape {
        case .isp: [.renew, .refresh, .rotatePassword, .release, .replace, .allow, .disallow]
        case .residential, .mobileByGB, .mobileByIP, .ipv4, .ipv6: []
        }
    }

    public func objections(to task: ActionTask, on sale: Sale) -> [Fault] {
        HeloDataActionRules(vendor: name).objections(to: task, on: sale)
    }

    /// The batch as it stands; the vendor tells no price before it charges one.
    public func prepare(_ call: ActionCall) async -> ActionPreparation {
        do throws(VendorError) {
            let condition = try await condition(for: call)
            guard condition.isThere else {
                return .refused(Refusal(.rejected, finding: "the vendor shows no such batch"))
            }
            if case .disallow(let entry) = call.task, condition.allowedEntries?.contains(entry) != true {
                return .refused(Refusal(.rejected, finding: "the batch's whitelist has no such entry"))
            }
            return .ready(price: nil, baseline: condition)
        } catch {
            switch error {
            case .unavailable(let reason): return .unavailable(reason: reason, retryAfter: nil)
            case .rateLimited(let wait): return .unavailable(reason: error.word, retryAfter: wait)
            case .unreadable: return .unavailable(reason: error.word, retryAfter: nil)
            case .authFailed: return .refused(Refusal(.authFailed))
            case .refused(let code, let message):
                return .refused(Refusal(.rejected, vendorCode: code, message: message))
            }
        }
    }

    public func perform(_ call: ActionCall) async -> ActionOutcome {
        var call = call
        do throws(VendorError) { call = try await named(call) } catch {
            switch error {
            case .rateLimited(let wait): return .notSent(.rateLimited(retryAfter: wait))
            case .authFailed: return .refused(Refusal(.authFailed))
            case .unavailable, .unreadable: return .notSent(.unreachable(error.word))
            case .refused(let code, let message):
                return .refused(Refusal(.rejected, vendorCode: code, message: message))
            }
        }
        guard let request = endpoints.action(call) else {
            return .refused(Refusal(.rejected, finding: "there is no such call"))
        }
        switch await sendOnce(request) {
        case .heldBack(let wait): return .notSent(.rateLimited(retryAfter: wait))
        case .reply(.failed(.notSent(let reason))): return .notSent(.unreachable(reason.rawValue))
        case .reply(.failed(.lost(let loss))): return .unknown(Doubt(loss.rawValue))
        case .reply(.answer(let answer)): return outcome(of: answer, to: call)
        }
    }

    /// No page shows where a buyer learns the vendor's id of an IP, so one that only the list tells need not be known.
    public func named(_ call: ActionCall) async throws(VendorError) -> ActionCall {
        guard case .replace(let ip, let reason) = call.task, HeloDataNetwork(ip) != nil,
            let batch = call.sale.batchID.flatMap(VendorPathComponent.init(token:)),
            let listed = try await ips(of: batch)?.first(where: { $0.address == ip }), let id = listed.id
        else { return call }
        var call = call
        call.task = .replace(ip: id, reason: reason)
        return call
    }
}

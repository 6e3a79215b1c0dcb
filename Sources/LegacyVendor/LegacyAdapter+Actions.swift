import OrderedCollections
public import Purchasing
import VendorHTTP

/// The vendor extends what it rents, now or by itself, and changes nothing else about it (/api-reference/extend,
/// /api-reference/auto-extend).
extension LegacyAdapter {
    public func actions(on shape: ProductShape) -> Set<ActionKind> {
        LegacyProxyType(shape) == nil ? [] : [.renew, .autoRenew]
    }

    /// How long an order may be extended for is told per account (/api-reference/rent-period), and left to the vendor.
    public func objections(to task: ActionTask, on sale: Sale) -> [Fault] {
        var faults: [Fault] = []
        if sale.vendorOrderID == nil {
            faults.append(
                Fault(
                    .vendor(name), "not_ready",
                    "\(name) tells the id of its goods when it delivers them: wait until the order is completed"))
        }
        guard case .renew(_, let ips, _) = task, !ips.isEmpty else { return faults }
        // /reference/api-reference/extend/extend-by-ip-addresses
        if LegacyProxyType(sale.request.shape) == .ipv6 {
            faults.append(
                Fault(.pointer("/ips"), "not_supported", "\(name) extends all IPv6 addresses of an order together"))
        }
        if ips.contains("") || Set(ips).count < ips.count {
            faults.append(Fault(.pointer("/ips"), "invalid", "name each IP once, by the vendor's id of it"))
        }
        return faults
    }

    /// The goods before the price: IPs of others on the same account could be named.
    public func prepare(_ call: ActionCall) async -> ActionPreparation {
        guard let wanted = LegacyExtension(call.task, on: call.sale) else { return .refused(Self.notOffered) }
        do throws(VendorError) {
            guard let records = try await records(of: wanted), wanted.named(in: records) != nil else {
                return .refused(Refusal(.rejected, message: "the account shows no such goods"))
            }
            var condition = GoodsCondition(records, as: wanted)
            guard wanted.autoExtend == nil else { return .ready(price: nil, baseline: condition) }
            let quoted = try await answer(to: endpoints.quote(wanted, traceparent: call.context.traceparent))
            let quote = mapping.quote(in: quoted, about: wanted.type.shape)
            if case .ready(_, let balance) = quote {
                condition.balance = if let balance { balance } else { try await account().balance }
            }
            return quote.preparation(baseline: condition)
        } catch {
            return LegacyQuote(error).preparation(baseline: GoodsCondition(isThere: false))
        }
    }

    public func perform(_ call: ActionCall) async -> ActionOutcome {
        guard let wanted = LegacyExtension(call.task, on: call.sale) else { return .refused(Self.notOffered) }
        switch await http.send(endpoints.extend(wanted, traceparent: call.context.traceparent)) {
        case .failed(.notSent(let reason)): return .notSent(.unreachable(reason.rawValue))
        case .failed(.lost(let reason)): return .unknown(Doubt(reason.rawValue))
        case .answer(let answer): return mapping.outcome(of: answer, to: wanted, before: call.baseline?.balance)
        }
    }

    public func condition(for call: ActionCall) async throws(VendorError) -> GoodsCondition {
        guard let wanted = LegacyExtension(call.task, on: call.sale) else {
            throw .refused(code: "not_offered", message: nil)
        }
        var condition = GoodsCondition(try await records(of: wanted), as: wanted)
        if wanted.autoExtend == nil { condition.balance = try await account().balance }
        return condition
    }

    /// One list shows all goods, since the vendor has no other way to ask.
    public func goods(_ id: String) async throws(VendorError) -> Goods? { try await goods().first { $0.id == id } }

    /// The vendor has no whitelists; the one address that may use goods without a login is said with their order.
    public func whitelist(ofBatch id: String) async throws(VendorError) -> [WhitelistEntry]? {
        throw .refused(code: "not_offered", message: nil)
    }

    private static let notOffered = Refusal(.rejected, vendorCode: "not_offered")

    /// The records of the order, out of the whole list of its type; nil where the vendor shows no such order.
    private func records(of wanted: LegacyExtension) async throws(VendorError) -> [LegacyRecord]? {
        let list = try LegacyGoodsList(mapping.read(try await answer(to: endpoints.goods(of: wanted.type))))
        return list.records[wanted.orderID]
    }
}

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
            faults.append(
                Fault(.pointer("/ips"), "invalid", "name each IP once, by its address or the vendor's id of it"))
        }
        return faults
    }

    /// The goods before the price: IPs of others on the same account could be named.
    public func prepare(_ call: ActionCall) async -> ActionPreparation {
        guard let wanted = LegacyExtension(call.task, on: call.sale) else { return .refused(Self.notOffered) }
        do throws(VendorError) {
            guard let records = try await records(of: wanted), let wanted = wanted.byID(in: records) else {
                return .refused(Refusal(.rejected, finding: "the account shows no such goods"))
            }
            var condition = GoodsCondition(records, as: wanted)
            guard wanted.autoExtend == nil else { return .ready(price: nil, baseline: condition) }
            let quoted = try await answer(to: endpoints.quote(wanted, traceparent: call.context.traceparent))
            let quote = mapping.quote(in: quoted, about: wanted.type.shape)
            if case .ready(_, let balance) = quote {
                condition.balance = if let balance { balance } else { try await account().balance }
            }
            let preparation = quote.preparation(baseline: condition)
            guard case .refused(let refusal) = preparation, refusal.vendorCode == Self.wrongPeriod else {
                return preparation
            }
            return .refused(await naming(refusal, of: wanted.type))
        } catch {
            return LegacyQuote(error).preparation(baseline: GoodsCondition(isThere: false))
        }
    }

    public func named(_ call: ActionCall) async throws(VendorError) -> ActionCall {
        guard case .renew(let rental, _, let promoCode) = call.task,
            let wanted = LegacyExtension(call.task, on: call.sale), wanted.namesAddresses,
            let named = try await records(of: wanted).flatMap(wanted.byID)
        else { return call }
        var call = call
        call.task = .renew(rental, ips: named.ips, promoCode: promoCode)
        return call
    }

    public func perform(_ call: ActionCall) async -> ActionOutcome {
        let sendable: ActionCall
        do throws(VendorError) { sendable = try await named(call) } catch {
            return .notSent(.unreachable(error.word))
        }
        guard let wanted = LegacyExtension(sendable.task, on: call.sale) else { return .refused(Self.notOffered) }
        guard !wanted.namesAddresses else {
            return .refused(Refusal(.rejected, finding: "the account shows no such goods"))
        }
        switch await http.send(endpoints.extend(wanted, traceparent: call.context.traceparent)) {
        case .failed(.notSent(let reason)): return .notSent(.unreachable(reason.rawValue))
        case .failed(.lost(let reason)): return .unknown(Doubt(reason.rawValue))
        case .answer(let answer): return mapping.outcome(of: answer, to: wanted, before: call.baseline?.balance)
        }
    }

    /// The code with which periods are refused (known from a reseller's message map only).
    private static let wrongPeriod = "11"

    /// A refusal of a period, with those that the vendor allows, where it tells them (/api-reference/rent-period).
    private func naming(_ refusal: Refusal, of type: LegacyProxyType) async -> Refusal {
        do throws(VendorError) {
            guard let days = try await lists(of: type.shape).rentalDays, !days.isEmpty else { return refusal }
            let periods = days.sorted().map(String.init).joined(separator: ", ")
            return Refusal(
                refusal.reason, vendorCode: refusal.vendorCode, message: refusal.message,
                finding: "it rents for \(periods) days")
        } catch { return refusal }
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

    private static let notOffered = Refusal(.rejected, finding: "the vendor has no such call")

    /// The records of the order, out of the whole list of its type; nil where the vendor shows no such order.
    private func records(of wanted: LegacyExtension) async throws(VendorError) -> [LegacyRecord]? {
        let list = try LegacyGoodsList(mapping.read(try await answer(to: endpoints.goods(of: wanted.type))))
        return list.records[wanted.orderID]
    }
}

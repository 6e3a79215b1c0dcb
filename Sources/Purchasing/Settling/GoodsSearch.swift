import Foundation

/// The search for the goods of an order that a person says was bought. Pure: no clock and no I/O.
///
/// What the person named is taken where nothing speaks against it; where they named nothing, only what can be nobody
/// else's.
struct GoodsSearch {
    let order: Order
    let evidence: EvidenceCase
    /// Whether what is listed are batches, whose order number is the vendor's id of the order.
    let areBatches: Bool
    let listed: [Goods]
    /// The orders that have the ids and numbers of what is listed, and of what was named.
    let owners: [String: Set<OrderID>]
    /// The other orders whose goods may still appear.
    let others: [GoodsMatching.Expectation]
    /// Whether the list was watched for as long as it may lag.
    let isOver: Bool

    enum Result: Hashable {
        case found(Goods)
        /// The one candidate, by its id; it is taken when the list shows it alone once more.
        case likely(String)
        case open(GoodsFinding?)
    }

    /// - Parameter likely: the one candidate that the last reading found.
    func result(after likely: String?) -> Result {
        guard let named = order.vendorOrderID else { return unnamed(after: likely) }
        if let owner = owner(of: named) { return .open(claimed(named, by: owner)) }
        let goods =
            listed.first { $0.id == named }.map { [$0] } ?? listed.filter { $0.orderNumber == named }
        guard let first = goods.first else {
            // A list of batches that names no orders cannot show whose order it is.
            if areBatches, listed.allSatisfy({ $0.orderNumber == nil }) { return unnamed(after: likely) }
            return .open(isOver ? notListed(named) : nil)
        }
        guard goods.count == 1 else {
            return .open(
                GoodsFinding(
                    "goods_not_named", named: named, candidates: told(goods),
                    detail: "\(goods.count) goods in the vendor's list are of \(named); " + Self.advice))
        }
        if let owner = owner(of: first) { return .open(claimed(named, by: owner)) }
        let faults = contradictions(first)
        guard faults.isEmpty else {
            let detail = "\(named) cannot be what was bought: \(faults.joined(separator: "; ")); " + Self.advice
            return .open(
                GoodsFinding(
                    "named_goods_do_not_fit", named: named, candidates: told(candidates), detail: detail))
        }
        if let rival = rival(for: first) { return .open(contested(named, by: rival)) }
        return .found(first)
    }

    // MARK: What nobody named

    private func unnamed(after likely: String?) -> Result {
        guard isOver else { return .open(nil) }
        let candidates = candidates
        let rivals = others.filter { GoodsMatching.looksAlike($0.request, order.request) }.map(\.orderID).sorted()
        let isProved = evidence.baseline?.goods != nil || !evidence.provesAbsence
        guard candidates.count == 1, let goods = candidates.first, rivals.isEmpty, isProved else {
            return .open(notNamed(candidates, rivals: rivals, isProved: isProved))
        }
        return goods.id == likely ? .found(goods) : .likely(goods.id)
    }

    /// What may be the order's: in the window of its attempt, not there before, of nobody, and fitting the request.
    private var candidates: [Goods] {
        let before = Set(evidence.baseline?.goods ?? [])
        return listed.filter { goods in
            !before.contains(goods.id) && owner(of: goods) == nil && evidence.fitsRequest(goods)
        }.sorted { $0.id < $1.id }
    }

    // MARK: What speaks against goods

    private func owner(of id: String) -> OrderID? { owners[id]?.subtracting([order.id]).min() }

    /// The order that goods belong to, by their id or their number; also one that still waits for goods of that number.
    private func owner(of goods: Goods) -> OrderID? {
        if let owner = owner(of: goods.id) { return owner }
        guard let number = goods.orderNumber else { return nil }
        return others.first { $0.orderNumber == number }?.orderID ?? (areBatches ? owner(of: number) : nil)
    }

    /// The sale that goods may be of as well, by the rule that gives goods to sales: the vendor told that it sold such, they
    /// are not found, and the list does not say whose these are.
    private func rival(for goods: Goods) -> OrderID? {
        guard goods.orderNumber == nil else { return nil }
        return others.filter {
            $0.isTold && !$0.knownBefore.contains(goods.id)
                && GoodsMatching.fits(goods, $0.request, sentAt: $0.sentAt)
        }.map(\.orderID).min()
    }

    /// Why goods cannot be the order's, whatever a person says.
    private func contradictions(_ goods: Goods) -> [String] {
        let request = order.request
        var faults: [String] = []
        if let shape = goods.shape, shape != request.shape {
            faults.append("it is \(shape.words), and \(request.shape.words) was ordered")
        }
        if let country = goods.country, country != request.country { faults.append("its country is \(country.alpha2)") }
        if let quantity = goods.quantity, let ordered = request.quantity, quantity != ordered {
            faults.append("it has \(quantity) IPs, and \(ordered) were ordered")
        }
        let earliest = evidence.sentAt.advanced(by: .zero - GoodsMatching.clockTolerance)
        if evidence.baseline?.goods?.contains(goods.id) == true {
            faults.append("it was there before the order was sent")
        } else if goods.clockOffset != nil, let began = goods.began, began < earliest {
            faults.append("it began before the order was sent")
        }
        return faults
    }

    // MARK: What a person is told

    /// How many goods or orders an event names at most.
    private static let namedAtMost = 20

    private func told(_ goods: [Goods]) -> [String] { Array(goods.map(\.id).sorted().prefix(Self.namedAtMost)) }

    private static let advice =
        "name the vendor's id of what was bought: resolve the order as bought once more, with vendor_order_id"

    private func claimed(_ named: String, by owner: OrderID) -> GoodsFinding {
        GoodsFinding(
            "named_goods_claimed", named: named, candidates: told(candidates),
            detail: "\(named) belongs to \(owner); " + Self.advice)
    }

    private func contested(_ named: String, by rival: OrderID) -> GoodsFinding {
        GoodsFinding(
            "named_goods_contested", named: named, candidates: told(candidates),
            detail:
                "\(named) may be what \(rival) bought, whose goods are not found yet either; it is taken when those are. "
                + "Where it is not the right id, " + Self.advice)
    }

    private func notListed(_ named: String) -> GoodsFinding {
        GoodsFinding(
            "named_goods_not_listed", named: named, candidates: told(candidates),
            detail: "the vendor lists no goods of \(named); where it is not the right id, " + Self.advice)
    }

    private func notNamed(_ candidates: [Goods], rivals: [OrderID], isProved: Bool) -> GoodsFinding {
        var words =
            switch candidates.count {
            case 0: "the vendor lists no goods of nobody that fit"
            case 1: "one of the goods in the vendor's list fits"
            default: "\(candidates.count) of the goods in the vendor's list fit"
            }
        if !rivals.isEmpty {
            let more = rivals.count > Self.namedAtMost ? " and \(rivals.count - Self.namedAtMost) more" : ""
            words +=
                "; other orders may wait for such goods as well: "
                + rivals.prefix(Self.namedAtMost).map(\.text).joined(separator: ", ") + more
        }
        if !isProved { words += "; what was there before the order could not be read" }
        return GoodsFinding("goods_not_named", candidates: told(candidates), detail: words + "; " + Self.advice)
    }
}

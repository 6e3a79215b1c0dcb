import ExactJSON
import Foundation
import Logging

/// What a vendor answers after a call's deadline: evidence, and where it is a sale, the end of the doubt.
extension OrderRun {
    /// Pauses while nobody changes the order, and notes what its vendor answers late meanwhile.
    /// - Returns: the order as it is at the end; one that a late answer settled or parked comes back at once.
    func pauseHearing(_ order: Order, until end: Duration) async throws(Interruption) -> Order {
        var order = try await hearLate(order)
        while order.isBeingSettled {
            let rest = end - floor.timepiece.elapsed()
            guard rest > .zero else { break }
            switch await pause(order, rest) {
            case .over: break
            case .interrupted(let interruption): throw interruption
            case .heard:
                if Task.isCancelled { throw .draining }
                order = try await hearLate(order)
            }
        }
        return order
    }

    private enum Pause: Sendable {
        case over, heard
        case interrupted(Interruption)
    }

    private func pause(_ order: Order, _ length: Duration) async -> Pause {
        await withTaskGroup(of: Pause.self) { group in
            group.addTask { await quiet(order, length) }
            group.addTask { await firstLateAnswer() }
            let first = await group.next() ?? .over
            group.cancelAll()
            return first
        }
    }

    private func quiet(_ order: Order, _ length: Duration) async -> Pause {
        do throws(Interruption) {
            try await pauseUnlessChanged(order, length)
            return .over
        } catch {
            return .interrupted(error)
        }
    }

    private func firstLateAnswer() async -> Pause {
        await late.arrival()
        return .heard
    }

    /// Notes what came late until now.
    func hearLate(_ order: Order) async throws(Interruption) -> Order {
        var order = order
        while order.isBeingSettled, let answer = late.first {
            guard let heard = await hear(answer, of: order.id) else {
                if Task.isCancelled || floor.jobs.isDraining { throw .draining }
                // The database refuses even to note it; evidence may still tell what it told.
                late.removeFirst()
                continue
            }
            late.removeFirst()
            guard heard.version == order.version + 1 else { throw .overtaken }
            order = heard
        }
        return order
    }

    /// Notes a late answer on the order as it is stored, whoever changed it meanwhile: a sale settles an unknown order as
    /// any receipt does, and everything else changes nothing.
    /// - Returns: the order after that; nil when it could not be stored before the server stopped.
    func hear(_ answer: PurchaseOutcome, of id: OrderID) async -> Order? {
        var isClaimed = false
        var refusal: String?
        while true {
            do throws(StoreError) {
                guard let order = try await floor.store.order(id) else { return nil }
                if answer.isSecondSale(of: order) { floor.vendor(order.vendor)?.keyHolds.store(false) }
                let change =
                    refusal.map { parking(order, answer, because: $0) }
                    ?? hearing(answer, of: order, isClaimed: isClaimed)
                let heard = try await floor.commit(change)
                announce(answer, on: heard, before: order)
                return heard
            } catch {
                switch error {
                case .conflict: continue
                case .claimed: isClaimed = true
                case .barred: return nil
                case .refused(let reason):
                    logger.critical("a late answer could not be noted", metadata: ["reason": "\(reason)"])
                    if refusal != nil { return nil }
                    refusal = reason
                case .unavailable(let reason):
                    logger.critical("a late answer cannot be stored and is kept", metadata: ["reason": "\(reason)"])
                    // A store that a server has closed never comes back.
                    if floor.jobs.isDraining { return nil }
                    await floor.timepiece.pauseThroughDrain(.milliseconds(250))
                }
            }
        }
    }

    /// Notes a late answer that comes when the run is over.
    func hearAfterwards(_ answer: PurchaseOutcome, of id: OrderID) async {
        guard let heard = await hear(answer, of: id), heard.mayBeDouble, let vendor = floor.vendor(heard.vendor) else {
            return
        }
        await lookAndFollow(heard, at: vendor)
    }

    /// The change that a late answer makes.
    private func hearing(_ answer: PurchaseOutcome, of order: Order, isClaimed: Bool) -> OrderChange {
        var noted = floor.change(order)
        noted.note(
            .evidenceRead, cause: "late_answer", actor: .init(.vendor, order.vendor ?? ""), data: answer.evidence)
        if answer.isSecondSale(of: order) { noted.update { $0.flag(Order.soldTwiceFlag) } }
        if case .bought(let receipt) = answer, order.seeksGoods, !isClaimed {
            var identified = noted
            do throws(IllegalStep) {
                try identified.identify(by: receipt)
                return identified
            } catch {
                return noted
            }
        }
        guard order.moneyState == .maybeSpent else { return noted }
        if case .bought(let receipt) = answer, !isClaimed {
            var sold = noted
            do throws(IllegalStep) {
                try sold.sell(receipt, tries: order.currentAttempt?.tries ?? 0)
                return sold
            } catch {
                return noted
            }
        }
        let finding = "the vendor answered late: " + answer.evidenceWords
        if isClaimed, order.status == .unknown {
            noted.review(reason: "claimed_by_another_order", findings: [finding + ", which another order has"])
        } else {
            noted.update { $0.unknown?.findings.append(finding) }
        }
        return noted
    }

    /// The change that leaves an unknown order to a person, since the database forbids the one that the answer makes; any
    /// other order is only told of it.
    private func parking(_ order: Order, _ answer: PurchaseOutcome, because reason: String) -> OrderChange {
        var parked = floor.change(order)
        if answer.isSecondSale(of: order) { parked.update { $0.flag(Order.soldTwiceFlag) } }
        let finding = "the vendor answered late: \(answer.evidenceWords); the database refused to store it: \(reason)"
        if order.status == .unknown {
            parked.review(reason: order.unknown?.reason ?? "unknown", findings: [finding])
        } else {
            parked.note(.decisionMade, cause: "outcome_not_stored", data: ["finding": .string(finding)])
        }
        return parked
    }

    private func announce(_ answer: PurchaseOutcome, on order: Order, before: Order) {
        logger.notice(
            "a vendor answered late",
            metadata: ["vendor": "\(order.vendor ?? "")", "answer": "\(answer.evidenceWords)"])
        guard case .bought(let receipt) = answer else { return }
        let wasOpen = before.moneyState == .maybeSpent || before.seeksGoods
        if wasOpen, order.moneyState == .spent { return announceSale(order) }
        floor.vendor(order.vendor)?.saleFlags.note(order.flags.filter { !before.flags.contains($0) })
        guard order.moneyState != .spent || receipt.contradicts(order) else { return }
        logger.critical(
            "a late answer tells of a sale that the order does not have", metadata: ["goods": "\(receipt.ids)"])
    }
}

extension Order {
    /// Whether it is unknown, and no person needs to decide it yet.
    var isBeingSettled: Bool { self.status == .unknown && self.unknown?.needsReview != true }
}

extension Receipt {
    /// The vendor's number, id and batch.
    fileprivate var ids: [String] { [vendorOrderNumber, vendorOrderID, batchID].compactMap(\.self) }

    /// Whether an order is known to be another sale.
    fileprivate func contradicts(_ order: Order) -> Bool {
        let pairs = [
            (vendorOrderNumber, order.vendorOrderNumber), (vendorOrderID, order.vendorOrderID),
            (batchID, order.batchID),
        ]
        return pairs.contains { told, known in told != nil && known != nil && told != known }
    }
}

extension PurchaseOutcome {
    /// Whether it tells of two sales for one key: then the vendor does not hold what it promises.
    fileprivate func isSecondSale(of order: Order) -> Bool {
        guard case .bought(let receipt) = self else { return false }
        // What a person named, and nobody found, is no sale that the vendor told.
        return order.moneyState == .spent && !order.seeksGoods && receipt.contradicts(order)
    }

    /// What the vendor said, as an event tells it.
    fileprivate var evidence: JSON {
        switch self {
        case .bought(let receipt):
            .object([
                ("outcome", "bought"), ("vendor_order_number", receipt.vendorOrderNumber.map(JSON.string)),
                ("vendor_order_id", receipt.vendorOrderID.map(JSON.string)),
                ("batch_id", receipt.batchID.map(JSON.string)), ("total", receipt.total?.json),
            ])
        case .refused(let refusal):
            .object([
                ("outcome", "refused"), ("vendor_code", refusal.vendorCode.map(JSON.string)),
                ("vendor_message", refusal.message.map(JSON.string)),
            ])
        case .notSent(let proof): .object([("outcome", "not_sent"), ("reason", .string(proof.reason))])
        case .unknown(let doubt):
            .object([
                ("outcome", "unknown"), ("reason", .string(doubt.reason)), ("status", doubt.status.map(JSON.int)),
                ("vendor_code", doubt.vendorCode.map(JSON.string)), ("vendor_message", doubt.message.map(JSON.string)),
            ])
        }
    }

    /// The same for a person who decides.
    fileprivate var evidenceWords: String {
        switch self {
        case .bought(let receipt): "a sale, " + receipt.ids.joined(separator: ", ")
        case .refused(let refusal):
            "a refusal " + [refusal.vendorCode, refusal.message].compactMap(\.self).joined(separator: ", ")
        case .notSent(let proof): proof.reason
        case .unknown(let doubt): doubt.reason
        }
    }
}

extension OrderChange {
    /// Holds an order that a person said was bought to what the vendor itself tells of it, which is worth more than what the
    /// person named.
    /// - Throws: `IllegalStep` when the order is settled.
    mutating func identify(by receipt: Receipt) throws(IllegalStep) {
        let wasNamed = order.vendorOrderID != nil
        let quoted = order.currentAttempt?.quotedPrice
        update { order in
            order.endAttempt(.bought, reason: nil, tries: order.currentAttempt?.tries ?? 0)
            order.vendorOrderNumber = receipt.vendorOrderNumber ?? order.vendorOrderNumber
            order.vendorOrderID = receipt.vendorOrderID ?? order.vendorOrderID
            order.batchID = receipt.batchID ?? order.batchID
            if let told = receipt.total, order.refunded != nil {
                // A total of which something came back stays as it is; what was told is on the timeline.
                if told != order.total { order.flag("price_difference") }
            } else if let told = receipt.total {
                let decided = order.totalSource == .operator ? order.total : quoted
                order.setTotal(told: told, quoted: decided)
            }
            order.expiresAt = receipt.expiresAt ?? order.expiresAt
            order.vendorDetails = receipt.details
            for flag in receipt.flags { order.flag(flag) }
            // Goods that were named are still looked for by that name where the vendor told no id.
            let isIdentified = receipt.vendorOrderID != nil || receipt.batchID != nil
            if isIdentified || !wasNamed && receipt.vendorOrderNumber != nil { order.endSearch() }
        }
        noteAttempt(.bought, reason: nil, tries: order.currentAttempt?.tries ?? 0)
        guard receipt.isReady, !order.seeksGoods, !order.mayBeDouble else { return }
        try take(.goodsReady, cause: "vendor_answer", actor: .init(.vendor, order.vendor ?? ""))
    }
}

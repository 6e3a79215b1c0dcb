import ExactJSON
import Testing
import VendorSandbox

/// Holds the vendors' own books against the gateway's orders, and the actions on them: promises P1, P3, P4 and the money of
/// P8.
struct BookCheck {
    let orders: [JSON]
    /// Every action on those of the orders that a test acted on; nil where it acted on none.
    var actions: [JSON]?
    let heloData: SandboxBooks
    let legacy: SandboxBooks

    func run() throws {
        try checkHeloData()
        try checkLegacy()
        checkCalls()
        if let actions { checkActions(actions) }
    }

    /// Each charge for an action is one action's, and says what it cost; none is charged that says it is not.
    private func checkActions(_ actions: [JSON]) {
        let kinds: Set<SandboxSale.Kind> = [.renewal, .extension, .replacement]
        for (vendor, books) in [("helodata", heloData), ("legacy", legacy)] {
            let charges = books.sold.filter { kinds.contains($0.kind) && $0.price > .zero }
            let mine = actions.filter { $0["vendor"]?.string == vendor }
            let spent = mine.filter { $0["money_state"]?.string == "spent" }
            let maybe = mine.filter { $0["money_state"]?.string == "maybe_spent" }
            #expect(charges.count >= spent.count, "\(spent.count) charged, \(charges.count) in the books")
            #expect(charges.count <= spent.count + maybe.count, "\(charges.count) charges, \(spent.count) told")
            let told = spent.compactMap { $0["total"]?["amount"]?.string.flatMap(SandboxDecimal.init) }
            if maybe.isEmpty, told.count == spent.count {
                #expect(told.sorted() == charges.map(\.price).sorted(), "\(vendor): \(told)")
            }
        }
    }

    private func orders(at vendor: String, _ moneyStates: Set<String>) -> [JSON] {
        orders.filter { $0["vendor"]?.string == vendor && moneyStates.contains($0["money_state"]?.string ?? "") }
    }

    private func checkHeloData() throws {
        let sales = heloData.sold.filter { $0.kind == .order && $0.idempotencyKey != nil }
        let byKey = Dictionary(grouping: sales) { $0.idempotencyKey ?? "" }
        for (key, sales) in byKey {
            #expect(sales.count == 1, "\(key) was bought \(sales.count) times")
            let order = orders.first { $0["id"]?.string == key }
            #expect(order?["money_state"]?.string != "not_spent", "\(key) was sold: \(order?.text ?? "no such order")")
            #expect(order != nil, "\(key) was sold and is no order")
        }
        for order in orders(at: "helodata", ["spent"]) {
            let sale = try #require(byKey[order["id"]?.string ?? ""]?.first, "\(order.text) was not sold")
            if let told = order["vendor_order_id"]?.string { #expect(told == sale.order) }
            if let total = order["total"]?["amount"]?.string { #expect(SandboxDecimal(total) == sale.price) }
            #expect(order["request"]?["quantity"]?.int == sale.quantity)
        }
        #expect(heloData.reckonedBalance == heloData.balance)
    }

    private func checkLegacy() throws {
        let sales = legacy.sold.filter { $0.kind == .order && $0.exchange != nil && $0.order.isEmpty == false }
        var claimed: Set<String> = []
        for order in orders(at: "legacy", ["spent"]) {
            let number = order["vendor_order_number"]?.string
            let id = order["vendor_order_id"]?.string
            let sale = try #require(
                sales.first { $0.order == number || $0.orderID == id && id != nil }, "\(order.text) was not sold")
            #expect(claimed.insert(sale.order).inserted, "\(sale.order) belongs to two orders")
            if order["status"]?.string == "completed" { #expect(sale.orderID == id) }
            if let total = order["total"]?["amount"]?.string { #expect(SandboxDecimal(total) == sale.price) }
            #expect(order["request"]?["quantity"]?.int == sale.quantity)
        }
        let bought = sales.filter { $0.connection != nil && !isByHand($0) }
        let unexplained = bought.filter { !claimed.contains($0.order) }
        let maybe = orders(at: "legacy", ["maybe_spent"])
        #expect(unexplained.count <= maybe.count, "\(unexplained.map(\.order)) belong to no order")
        #expect(legacy.reckonedBalance == legacy.balance)
    }

    /// Sales that a test made itself, behind the gateway's back.
    private func isByHand(_ sale: SandboxSale) -> Bool {
        !legacy.entries.contains { $0.sequence == sale.exchange && $0.event == .received && $0.call == .order }
    }

    /// I3: a legacy order is never sent twice; as many calls as attempts that say they were sent.
    private func checkCalls() {
        let calls = legacy.entries.filter { $0.event == .received && $0.call == .order }.count
        let attempts = orders.flatMap { $0["attempts"]?.array ?? [] }.filter { $0["vendor"]?.string == "legacy" }
        let sent = attempts.filter { ["bought", "refused", "unknown"].contains($0["outcome"]?.string ?? "unknown") }
        #expect(calls <= sent.count, "\(calls) calls for \(sent.count) attempts")
    }
}

/// The keeper of a vendor's money: every move of the balance goes through here and leaves an entry.
struct SandboxLedger: Sendable {
    /// Entries beyond this many push the oldest out.
    static let limit = 1_000_000

    let vendor: String
    let openingBalance: SandboxDecimal
    private(set) var balance: SandboxDecimal
    private(set) var sold: [SandboxSale] = []
    private(set) var changes: [SandboxChange] = []
    private var entries: [SandboxEntry] = []
    private var forgotten = 0
    private var moved = SandboxDecimal.zero

    init(vendor: String, openingBalance: SandboxDecimal) {
        self.vendor = vendor
        self.openingBalance = openingBalance
        self.balance = openingBalance
    }

    /// Adds an entry and gives its number.
    @discardableResult
    mutating func record(_ entry: SandboxEntry, at time: SandboxTime) -> Int {
        var entry = entry
        entry.sequence = forgotten + entries.count + 1
        entry.time = time.millisecondsText
        entry.balance = balance
        if entries.count >= Self.limit {
            forgotten += Self.limit / 10
            entries.removeFirst(Self.limit / 10)
        }
        entries.append(entry)
        return entry.sequence
    }

    /// Sells: takes the price from the balance, unless the sale says that nothing is charged, and writes it down.
    mutating func sell(_ sale: SandboxSale, in exchange: Exchange?, at time: SandboxTime) {
        var sale = sale
        if sale.charged { balance = balance - sale.price }
        sale.sequence = forgotten + entries.count + 1
        sale.exchange = exchange?.number
        sale.idempotencyKey = exchange?.idempotencyKey
        sale.bodyDigest = exchange?.bodyDigest
        sale.connection = exchange?.connection
        sale.balance = balance
        sale.time = time.millisecondsText
        sold.append(sale)
        var entry = SandboxEntry(event: .charged, call: exchange?.call)
        entry.exchange = exchange?.number
        entry.sale = sale
        record(entry, at: time)
    }

    /// Writes down a change to what was sold before.
    mutating func change(_ change: SandboxChange, in exchange: Exchange?, at time: SandboxTime) {
        var change = change
        change.sequence = forgotten + entries.count + 1
        change.exchange = exchange?.number
        change.idempotencyKey = exchange?.idempotencyKey
        change.connection = exchange?.connection
        change.time = time.millisecondsText
        changes.append(change)
        var entry = SandboxEntry(event: .changed, call: exchange?.call)
        entry.exchange = exchange?.number
        entry.change = change
        record(entry, at: time)
    }

    /// Moves the balance without a sale.
    mutating func move(_ amount: SandboxDecimal, as event: SandboxEntry.Event, at time: SandboxTime) {
        balance = balance + amount
        moved = moved + amount
        var entry = SandboxEntry(event: event)
        entry.amount = amount
        record(entry, at: time)
    }

    /// Gives money back for an order that was sold.
    mutating func refund(_ order: String, _ amount: SandboxDecimal, at time: SandboxTime) throws(SandboxInputError) {
        guard sold.contains(where: { $0.order == order }) else {
            throw SandboxInputError("order: nothing was sold as \(order)")
        }
        move(amount, as: .refunded, at: time)
    }

    /// Makes the balance what the settings say, if it is not.
    mutating func adjust(to wanted: SandboxDecimal, at time: SandboxTime) {
        if wanted != balance { move(wanted - balance, as: .adjusted, at: time) }
    }

    var books: SandboxBooks {
        SandboxBooks(
            vendor: vendor, openingBalance: openingBalance, balance: balance, entries: entries, forgotten: forgotten,
            sold: sold, changes: changes, moved: moved)
    }
}

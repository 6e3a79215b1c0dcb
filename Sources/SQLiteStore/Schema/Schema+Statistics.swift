import Purchasing

/// Sums of orders that the database keeps itself, in the transaction that changes an order.
///
/// Three tables hold the same sums under different keys, so that each question reads few rows: by day and vendor for the
/// report that everybody wants, by quarter of an hour (every time zone begins its days on one) and vendor, and by day with
/// everything that is filtered. `spend` is what the vendors told or quoted, `held` what orders whose outcome is not known
/// were quoted; an amount that nobody told is counted and never added as 0.
extension Schema {
    static let statistics =
        """
        ALTER TABLE purchase_order ADD COLUMN held_micros INTEGER CHECK (held_micros >= 0);
        ALTER TABLE purchase_order ADD COLUMN held_currency TEXT CHECK (held_currency GLOB '[A-Z][A-Z][A-Z]');
        ALTER TABLE purchase_order ADD COLUMN quantity INTEGER
            GENERATED ALWAYS AS (json_extract(request, '$.quantity')) VIRTUAL;
        ALTER TABLE purchase_order ADD COLUMN gb_micros INTEGER
            GENERATED ALWAYS AS (CAST(round(json_extract(request, '$.gb') * 1000000) AS INTEGER)) VIRTUAL;

        """
        + sums.map(\.creation).joined()
            + """
            CREATE TRIGGER order_is_added_up AFTER INSERT ON purchase_order
            BEGIN
            \(sums.map { $0.change(of: "new", by: 1, SumTable.firstTerms) }.joined())END;
            CREATE TRIGGER order_is_added_up_again AFTER UPDATE ON purchase_order
            WHEN (new.status, new.vendor, new.total_micros, new.total_currency, new.held_micros, new.held_currency)
                IS NOT (old.status, old.vendor, old.total_micros, old.total_currency, old.held_micros, old.held_currency)
            BEGIN
            \(firstMoves)END;

            """
        + sums.map(\.firstFilling).joined()

    private static var firstMoves: String {
        sums.map { table in
            table.change(of: "old", by: -1, SumTable.firstTerms) + table.change(of: "new", by: 1, SumTable.firstTerms)
        }.joined()
    }

    /// The tables of sums.
    static let sums = [
        SumTable(name: "sum_by_day_and_vendor", keys: [.day, .vendor, .status]),
        SumTable(name: "sum_by_quarter", keys: [.quarter, .vendor, .status]),
        SumTable(name: "sum_by_day", keys: [.day, .client, .vendor, .product, .country, .status]),
    ]
}

/// A table of sums over orders.
struct SumTable {
    let name: String
    let keys: [Key]

    /// What orders are told apart by, besides the currency.
    enum Key: String {
        /// Whole days since 1970.
        case day
        /// Whole quarters of an hour since 1970.
        case quarter
        case client, vendor, product, country, status

        fileprivate var type: String { self == .day || self == .quarter ? "INTEGER" : "TEXT" }

        /// The key of an order, `o`; an empty text where it has none.
        func value(of o: String) -> String {
            switch self {
            case .day: "\(o).created_at / 86400000"
            case .quarter: "\(o).created_at / 900000"
            case .vendor, .country: "coalesce(\(o).\(rawValue), '')"
            case .client, .product, .status: "\(o).\(rawValue)"
            }
        }
    }

    /// What is added up, of an order `o`. An order that says no currency counts among those in US dollars, in which prices
    /// and ceilings are written.
    static func terms(of o: String) -> [Term] {
        let total = "iif(\(o).total_micros < \(OrderSums.tooMuch.count), \(o).refunded_micros, 0)"
        return firstTerms(of: o) + [("refunded_micros", "coalesce(\(total), 0)")]
    }

    /// A column of sums, and what an order adds to it.
    typealias Term = (column: String, value: String)

    /// What was added up before orders could be refunded.
    static func firstTerms(of o: String) -> [Term] {
        let isSpent = "\(o).money_state = 'spent'"
        let isHeld = "\(o).money_state = 'maybe_spent'"
        let total = "iif(\(o).total_micros < \(OrderSums.tooMuch.count), \(o).total_micros, NULL)"
        let quoted = "iif(\(o).held_micros < \(OrderSums.tooMuch.count), \(o).held_micros, NULL)"
        return [
            ("orders", "1"),
            ("spent_orders", "\(isSpent)"),
            ("spent_micros", "iif(\(isSpent), coalesce(\(total), 0), 0)"),
            ("unpriced_orders", "\(isSpent) AND \(total) IS NULL"),
            ("held_orders", "\(isHeld)"),
            ("held_micros", "iif(\(isHeld), coalesce(\(quoted), 0), 0)"),
            ("unquoted_orders", "\(isHeld) AND \(quoted) IS NULL"),
            ("quantity", "iif(\(isSpent), coalesce(\(o).quantity, 0), 0)"),
            ("gb_micros", "iif(\(isSpent), coalesce(\(o).gb_micros, 0), 0)"),
        ]
    }

    static let columns = terms(of: "o").map(\.column)

    static func currency(of o: String) -> String { "coalesce(\(o).total_currency, \(o).held_currency, 'USD')" }

    private var keyNames: [String] { keys.map(\.rawValue) + ["currency"] }
    private func keyValues(of o: String) -> [String] { keys.map { $0.value(of: o) } + [Self.currency(of: o)] }

    /// Every column, in the order of `recount`.
    var names: [String] { keyNames + Self.columns }

    fileprivate var creation: String {
        let columns = Self.firstTerms(of: "o").map(\.column)
        let keys = keys.map { "    \($0.rawValue) \($0.type) NOT NULL,\n" }.joined() + "    currency TEXT NOT NULL,\n"
        let sums = columns.map { "    \($0) INTEGER NOT NULL,\n" }.joined()
        let primary = "    PRIMARY KEY (" + keyNames.joined(separator: ", ") + ")\n"
        return "CREATE TABLE \(name) (\n" + keys + sums + primary + ") STRICT, WITHOUT ROWID;\n"
    }

    /// Adds the order `o` to the sums of its keys, or takes it from them.
    func change(of o: String, by sign: Int, _ added: (String) -> [Term]) -> String {
        let columns = added(o).map(\.column)
        let terms = added(o).map { sign < 0 ? "-(\($0.value))" : $0.value }
        let sums = columns.map { "\($0) = \($0) + excluded.\($0)" }
        return """
                INSERT INTO \(name) (\((keyNames + columns).joined(separator: ", ")))
                    VALUES (\((keyValues(of: o) + terms).joined(separator: ", ")))
                    ON CONFLICT DO UPDATE SET \(sums.joined(separator: ", "));

            """
    }

    /// What the table should hold, from the orders themselves.
    var recount: String { recount(Self.terms) }

    private func recount(_ added: (String) -> [Term]) -> String {
        let sums = added("o").map { "sum(\($0.value)) AS \($0.column)" }
        let keys = zip(keyNames, keyValues(of: "o")).map { "\($1) AS \($0)" }
        let numbers = (1...keyNames.count).map(String.init).joined(separator: ", ")
        return "SELECT " + (keys + sums).joined(separator: ", ") + " FROM purchase_order o GROUP BY " + numbers
    }

    /// Fills an empty table.
    var filling: String { filling(Self.terms) }

    /// Fills an empty table as it was before orders could be refunded.
    var firstFilling: String { filling(Self.firstTerms) }

    private func filling(_ added: (String) -> [Term]) -> String {
        let columns = added("o").map(\.column)
        return "INSERT INTO \(name) (\((keyNames + columns).joined(separator: ", "))) " + recount(added) + ";\n"
    }
}

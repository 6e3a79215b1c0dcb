import GRDB
import Purchasing

/// What actions were charged, added up beside the orders: by when they were sent, and by what their orders say.
extension Statistics {
    func addActions(to sums: inout GroupedSums, _ db: Database) throws {
        guard let table = actionTable else {
            return try add(actions(between: after, and: before), to: &sums, db)
        }
        let unit = table.time == .day ? Int64(86_400_000) : 900_000
        let first = after == .min ? Int64.min : (after + unit - 1).flooredDivision(by: unit)
        let end = before == .max ? Int64.max : before.flooredDivision(by: unit)
        guard first < end else { return try add(actions(between: after, and: before), to: &sums, db) }
        try add(kept(in: table, from: first, to: end), to: &sums, db)
        if after != .min { try add(actions(between: after, and: first * unit), to: &sums, db) }
        if before != .max { try add(actions(between: end * unit, and: before), to: &sums, db) }
    }

    /// The table that tells everything that is asked; nil when only the actions do.
    private var actionTable: ActionSumTable? {
        guard !isNarrow, filter.statuses.isEmpty else { return nil }
        guard !query.groups.contains(where: { $0 == .status || $0.isLabel }) else { return nil }
        let hasTime = query.groups.contains { $0 == .day || $0 == .month }
        let time: SumTable.Key = hasTime && !query.timeZone.isAlwaysUTC ? .quarter : .day
        return Schema.actionSums.first { $0.time == time }
    }

    private func kept(in table: ActionSumTable, from first: Int64, to end: Int64) -> SumSource {
        let time = "o." + table.time.rawValue
        return SumSource(
            from: table.name + " o", keys: { $0 == table.time ? time : "o." + $0.rawValue }, time: table.time,
            currency: "o.currency", terms: ActionSumTable.columns.map { "o." + $0 },
            conditions: conditions + [HistoryCondition("\(time) >= ? AND \(time) < ?", [first, end])],
            isOfActions: true)
    }

    /// Actions that were sent in a window, each with its order. Where a filter leaves few orders they may lead.
    private func actions(between after: Int64, and before: Int64) -> SumSource {
        let filters = HistoryFilter.allCases.compactMap { $0.condition(of: filter) }
        let join =
            isNarrow ? "action a JOIN purchase_order o" : "action a INDEXED BY action_sent CROSS JOIN purchase_order o"
        return SumSource(
            from: join + " ON o.id = a.order_id", keys: { ActionSumTable.value(of: $0, "a", "o") }, time: .quarter,
            currency: ActionSumTable.currency(of: "a"), terms: ActionSumTable.terms(of: "a").map(\.value),
            conditions: [
                HistoryCondition(
                    ActionSumTable.isSent("a") + " AND a.started_at >= ? AND a.started_at < ?", [after, before])
            ] + filters, isOfActions: true)
    }
}

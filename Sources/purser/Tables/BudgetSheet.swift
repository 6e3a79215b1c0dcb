import ExactJSON

/// How one client's budget stands.
struct BudgetSheet {
    let budget: JSON

    var text: String {
        let warnings = (budget["warnings"]?.array ?? []).map { ("warning", Optional($0).cell) }
        return Sheet(
            lines: [
                ("client", budget["client"].cell), ("limit", budget["limit"].moneyCell),
                ("period", budget["period"].cell),
                ("since", budget["since"].cell), ("resets at", budget["resets_at"].cell),
                ("spent", budget["spent"].moneyCell), ("held", budget["held"].moneyCell),
                ("free", budget["free"].moneyCell), ("set by", budget["by"].cell),
                ("set at", budget["changed_at"].cell),
                ("reason", budget["reason"].cell),
            ] + warnings
        ).text
    }
}

import ExactJSON

/// Whether buying goes on.
struct BuyingSheet {
    let buying: JSON

    var text: String {
        let isPaused = buying["paused"]?.bool == true
        return Sheet(lines: [
            ("buying", isPaused ? "paused" : "goes on"), ("since", buying["since"].cell), ("by", buying["by"].cell),
            ("reason", buying["reason"].cell),
        ]).text
    }
}

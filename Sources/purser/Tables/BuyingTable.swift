import ExactJSON

/// Who stopped buying and let it go on, the newest first; nothing where nobody ever did.
struct BuyingTable {
    let buying: JSON

    func text(colours: Bool) -> String {
        let changes = buying["changes"]?.array ?? []
        guard !changes.isEmpty else { return "" }
        var table = TextTable(.numbers("#"), "AT", "BUYING", "BY", "REASON")
        for change in changes {
            let isPaused = change["paused"]?.bool == true
            table.add(
                [
                    change["number"].cell, change["at"].cell, isPaused ? "paused" : "goes on", change["by"].cell,
                    change["reason"].cell,
                ], isPaused ? .doubtful : .plain)
        }
        return "\n" + table.text(colours: colours)
    }
}

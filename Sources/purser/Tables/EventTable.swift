import ExactJSON

/// An order's timeline.
struct EventTable {
    let events: JSON

    func text(colours: Bool) -> String {
        var table = TextTable(.numbers("#"), "AT", "EVENT", "CAUSE", "BY", "ACTION", "DATA")
        for event in events["data"]?.array ?? [] {
            let actor = event["actor"]
            let data = event["data"].flatMap { $0.text == "{}" ? nil : $0.text }
            table.add(
                [
                    event["number"].cell, event["at"].cell, event["type"].cell, event["cause"].cell,
                    "\((actor?["kind"]).cell) \((actor?["name"]).cell)", event["action_id"].cell, data ?? "-",
                ], .plain)
        }
        return table.text(colours: colours)
    }
}

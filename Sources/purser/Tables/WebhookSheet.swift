import ExactJSON

/// One receiver of events, a line for each thing that is known of it.
struct WebhookSheet {
    let webhook: JSON

    var text: String {
        let warnings = (webhook["warnings"]?.array ?? []).map { ("warning", Optional($0).cell) }
        return Sheet(
            lines: [
                ("webhook", webhook["id"].cell), ("status", webhook["status"].cell), ("url", webhook["url"].cell),
                ("events", WebhookTable.list(webhook["events"])), ("clients", WebhookTable.list(webhook["clients"])),
                ("description", webhook["description"].cell), ("note", WebhookTable.note(on: webhook)),
                ("failures in a row", webhook["failures_in_a_row"].cell),
                ("next attempt", (webhook["resting"]?["next_attempt_at"]).cell),
                ("last delivered", webhook["last_delivered_at"].cell), ("made", webhook["created_at"].cell),
                ("old secret until", webhook["old_secret_until"].cell), ("secret", webhook["secret"].cell),
            ] + warnings
        ).text
    }
}

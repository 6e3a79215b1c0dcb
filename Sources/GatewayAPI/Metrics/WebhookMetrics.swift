import Foundation
import Measuring
import Purchasing

/// How webhooks do, as families of samples. No label has a URL or an id.
struct WebhookMetrics {
    private let standing: WebhookStanding?
    private let figures: WebhookFigures?
    private let at: Date

    init(_ standing: WebhookStanding?, _ figures: WebhookFigures?, at: Date) {
        self.standing = standing
        self.figures = figures
        self.at = at
    }

    var families: [Family] {
        [
            Family(
                "purser_webhook_attempts_total", .counter,
                "Events that were sent to webhooks, by what came of it; one event may be sent several times.",
                WebhookFigures.Outcome.allCases.map { outcome in
                    Sample([("outcome", outcome.rawValue)], .count(figures?.count(outcome) ?? 0))
                }),
            Family(
                "purser_webhook_attempt_duration_seconds", .histogram, "How long webhooks took to answer.",
                figures.map { $0.durations.isEmpty ? [] : $0.durations.samples() } ?? []),
        ] + standingFamilies
    }

    private var standingFamilies: [Family] {
        guard let standing else { return [] }
        let age = standing.oldestPending.map { max(0, at.milliseconds - $0.milliseconds) } ?? 0
        return [
            Family(
                "purser_webhooks", .gauge, "Webhooks by how they stand; one that rests kept failing.",
                Webhook.Status.allCases.map { status in
                    Sample([("status", status.rawValue)], .count(standing.counts[status] ?? 0))
                }),
            Family(
                "purser_webhook_oldest_pending_age_seconds", .gauge,
                "How long ago the oldest event happened that a webhook in use has not taken; 0 when there is none.",
                .seconds(milliseconds: age)),
        ]
    }
}

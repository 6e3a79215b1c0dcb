import Purchasing

/// Tells how everything stands, asking the store at most once in a while however many want to know.
actor StandingDesk {
    /// For how long what was found out is told again.
    static let lifetime = Duration.seconds(5)

    private let purchaser: Purchaser
    private let webhooks: WebhookDesk
    private let timepiece: Timepiece
    private var last: (standing: Everything, at: Duration)?
    private var asking: Task<Everything, Never>?

    /// How buying stands, and how webhooks do; nil for these where the store cannot tell.
    struct Everything: Sendable {
        let buying: Standing
        let webhooks: WebhookStanding?
    }

    init(purchaser: Purchaser, webhooks: WebhookDesk, timepiece: Timepiece) {
        self.purchaser = purchaser
        self.webhooks = webhooks
        self.timepiece = timepiece
    }

    /// How everything stands, or stood a few seconds ago.
    func standing() async -> Everything {
        if let last, timepiece.elapsed() - last.at < Self.lifetime { return last.standing }
        if let asking { return await asking.value }
        let task = Task { [purchaser, webhooks] in
            Everything(buying: await purchaser.standing(), webhooks: await webhooks.standing())
        }
        asking = task
        let standing = await task.value
        asking = nil
        last = (standing, timepiece.elapsed())
        return standing
    }
}

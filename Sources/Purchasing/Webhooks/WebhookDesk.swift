import ExactJSON
public import Foundation

/// What operators do with receivers of events.
public struct WebhookDesk: Sendable {
    /// How many receivers there may be: each costs a row for every event that it is sent.
    public static let mostWebhooks = 100
    /// How many failed deliveries one call may have sent again.
    public static let mostResent = 1000
    /// For how long a secret that was replaced goes on signing, where nobody says.
    public static let overlap = Duration.seconds(86_400)

    let store: any WebhookStore
    private let hosts: WebhookHosts
    private let courier: any WebhookCourier
    private let sender: WebhookSender?
    private let ids: IdentifierSource
    private let timepiece: Timepiece
    private let random: @Sendable () -> [UInt8]

    /// - Parameters:
    ///   - sender: what sends; nil where nothing does.
    ///   - random: makes 32 random bytes for a secret.
    public init(
        store: any WebhookStore, hosts: WebhookHosts, courier: any WebhookCourier, sender: WebhookSender? = nil,
        ids: IdentifierSource, timepiece: Timepiece = .system,
        random: @escaping @Sendable () -> [UInt8] = KeyToken.systemRandom
    ) {
        self.store = store
        self.hosts = hosts
        self.courier = courier
        self.sender = sender
        self.ids = ids
        self.timepiece = timepiece
        self.random = random
    }

    /// What was sent since the process began; nil where nothing is.
    public var figures: WebhookFigures? { sender?.figures }

    /// Every receiver, oldest first.
    /// - Throws: `Problem` `store_unavailable`.
    public func list() async throws(Problem) -> [Webhook] {
        do { return try await store.webhooks() } catch { throw Self.problem(error) }
    }

    /// - Throws: `Problem` `not_found`, `store_unavailable`.
    public func webhook(_ id: Identifier) async throws(Problem) -> Webhook {
        let found: Webhook?
        do { found = try await store.webhook(id) } catch { throw Self.problem(error) }
        guard let found else { throw Self.notFound }
        return found
    }

    /// Why events may not be sent to a URL, as a fault of a body's `url`; nil when they may.
    public func objection(to url: WebhookURL) -> Fault? {
        hosts.objection(to: url).map { Fault(.pointer("/url"), $0.code, $0.detail) }
    }

    /// Makes a receiver. Its secret is in the answer, and nowhere else that can be read.
    /// - Throws: `Problem` `invalid_request` when there are too many, `store_unavailable`.
    public func create(
        url: WebhookURL, filter: WebhookFilter, description: String?
    ) async throws(Problem) -> Webhook {
        guard try await list().count < Self.mostWebhooks else {
            throw Problem(
                .invalidRequest, "there are \(Self.mostWebhooks) webhooks, which is the most; delete one first",
                moneyState: .unchanged)
        }
        let webhook = Webhook(
            id: ids.next(.webhook), url: url, filter: filter, description: description, secret: try secret(),
            createdAt: timepiece.now())
        do { try await store.insert(webhook) } catch { throw Self.problem(error) }
        await sender?.lookAgain()
        return try await self.webhook(webhook.id)
    }

    /// Changes a receiver, again and again where somebody else changes it meanwhile.
    /// - Throws: `Problem` `not_found`, `store_unavailable`.
    public func change(
        _ id: Identifier, _ change: @Sendable (inout Webhook) -> Void
    ) async throws(Problem) -> Webhook {
        for _ in 0..<10 {
            var webhook = try await webhook(id)
            change(&webhook)
            webhook.version += 1
            webhook.updatedAt = max(timepiece.now(), webhook.updatedAt)
            do { try await store.update(webhook) } catch {
                if error == .conflict { continue }
                throw Self.problem(error)
            }
            await sender?.lookAgain()
            return try await self.webhook(id)
        }
        throw Problem(.storeUnavailable, "the webhook changes faster than it can be written", moneyState: .unchanged)
    }

    /// Makes another secret; the one before goes on signing beside it for a while. The new one is in the answer.
    public func rotate(_ id: Identifier, keepingOldFor overlap: Duration) async throws(Problem) -> Webhook {
        let (fresh, now) = (try secret(), timepiece.now())
        return try await change(id) { webhook in
            webhook.oldSecret = overlap > .zero ? webhook.secret : nil
            webhook.oldSecretUntil = overlap > .zero ? now.advanced(by: overlap) : nil
            webhook.secret = fresh
        }
    }

    /// Puts a receiver in use, or out of it.
    public func use(_ isInUse: Bool, _ webhook: inout Webhook) {
        if isInUse, webhook.stop != nil {
            webhook.stop = nil
            let deliveredAt = webhook.health.deliveredAt
            webhook.health = WebhookHealth()
            webhook.health.deliveredAt = deliveredAt
        } else if !isInUse, webhook.stop == nil {
            webhook.stop = Webhook.Stop(.operator, at: timepiece.now())
        }
    }

    /// - Throws: `Problem` `not_found`, `store_unavailable`.
    public func remove(_ id: Identifier) async throws(Problem) {
        let wasThere: Bool
        do { wasThere = try await store.remove(id, at: timepiece.now()) } catch { throw Self.problem(error) }
        guard wasThere else { throw Self.notFound }
        await sender?.lookAgain()
    }

    /// What came of a test.
    public struct Trial: Sendable {
        /// The id of the event that was made up for it.
        public let event: Identifier
        public let reply: WebhookReply
        public let took: Duration
    }

    /// Sends a made-up event, `webhook.test`, once and at once, whatever the receiver's state; nothing of it is kept.
    public func test(_ id: Identifier) async throws(Problem) -> Trial {
        let webhook = try await webhook(id)
        let (event, now, start) = (ids.next(.event), timepiece.now(), timepiece.elapsed())
        let body: JSON = [
            "type": "webhook.test", "timestamp": .string(now.rfc3339),
            "data": ["id": .string(event.text), "type": "webhook.test", "webhook_id": .string(id.text)],
        ]
        let reply = await courier.send(webhook.request(event, body.bytes, at: now))
        return Trial(event: event, reply: reply, took: timepiece.elapsed() - start)
    }

    /// - Throws: `Problem` `store_unavailable`.
    public func deliveries(_ query: WebhookDeliveryQuery) async throws(Problem) -> [WebhookDelivery] {
        do { return try await store.deliveries(query) } catch { throw Self.problem(error) }
    }

    /// Has an event sent again; for three days from now on, as a new one.
    /// - Throws: `Problem` `not_found` when it was never kept for the receiver, `store_unavailable`.
    public func resend(_ event: Identifier, of id: Identifier) async throws(Problem) -> WebhookDelivery {
        let webhook = try await webhook(id)
        let found: WebhookDelivery?
        do { found = try await store.resend(event, to: webhook.number, at: timepiece.now()) } catch {
            throw Self.problem(error)
        }
        guard let found else { throw Self.noDelivery }
        await sender?.lookAgain()
        return found
    }

    /// Has everything sent again that failed, of events from an instant on; at most a thousand at once.
    /// - Returns: how many there were, and whether there may be more.
    public func resendFailed(of id: Identifier, since: Date) async throws(Problem) -> (count: Int, hasMore: Bool) {
        let webhook = try await webhook(id)
        let count: Int
        do {
            count = try await store.resendFailed(
                to: webhook.number, since: since, at: timepiece.now(), limit: Self.mostResent)
        } catch { throw Self.problem(error) }
        if count > 0 { await sender?.lookAgain() }
        return (count, count == Self.mostResent)
    }

    /// How all receivers stand; nil when the store cannot tell.
    public func standing() async -> WebhookStanding? {
        do { return try await store.webhookStanding() } catch { return nil }
    }

    /// The problem of a receiver that is not there.
    public static let notFound = Problem(.notFound, "there is no such webhook", moneyState: .unchanged)
    /// The problem of an event that was not kept for a receiver.
    public static let noDelivery = Problem(.notFound, "there is no such delivery", moneyState: .unchanged)

    private func secret() throws(Problem) -> WebhookSecret {
        guard let secret = WebhookSecret(key: random()) else {
            throw Problem(.internalError, "a secret could not be made", moneyState: .unchanged)
        }
        return secret
    }

    private static func problem(_ error: StoreError) -> Problem {
        Problem(.storeUnavailable, "webhooks cannot be read or written now", moneyState: .unchanged)
    }
}

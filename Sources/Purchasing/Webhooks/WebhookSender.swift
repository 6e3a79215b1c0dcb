import Foundation
public import Logging
public import ServiceLifecycle

/// Sends events to their receivers, as long as the server runs: one runner for each receiver in use, so that none waits
/// for another, and a look at the outbox whenever something was committed.
///
/// What is owed is in the store alone; a process that dies goes on from there, and sends what it had not marked again.
public actor WebhookSender: Service {
    /// How often what is too old is given up or forgotten.
    static let tidying = Duration.seconds(600)
    /// How much of it at once, so that no order waits long for its own write.
    static let tidiedAtOnce = 200
    /// How long attempts under way are waited for when the server stops.
    static let grace = Duration.seconds(2)

    /// What was sent, and what came of it.
    public nonisolated let figures = WebhookFigures()
    private let signal: CommitSignal
    private let desk: WebhookRunner.Desk
    private let policy: WebhookPolicy
    private var runners: [Int: WebhookRunner] = [:]
    private var commits: Task<Void, Never>?
    private var place: Int64 = 0
    private let rings: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private var mustReload = true

    /// - Parameters:
    ///   - chance: from 0 up to 1, for the jitter of pauses.
    ///   - atStep: called between an answer and its commit; crash tests end the process there.
    public init(
        store: any OrderStore & WebhookStore, courier: any WebhookCourier, policy: WebhookPolicy = WebhookPolicy(),
        timepiece: Timepiece = .system, logger: Logger,
        chance: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
        atStep: @escaping @Sendable (PurchaseStep) -> Void = { _ in }
    ) {
        signal = store.signal
        self.policy = policy
        (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        desk = WebhookRunner.Desk(
            store: store, courier: courier, policy: policy, timepiece: timepiece, logger: logger, chance: chance,
            atStep: atStep, figures: figures)
    }

    /// Receivers were made, changed or removed, or something is to be sent again.
    public func lookAgain() {
        mustReload = true
        bell.yield()
    }

    /// Sends until the server stops or the task is cancelled; then waits for the attempts under way, for a moment.
    public func run() async {
        let clock = Task { await self.keepTidying() }
        bell.yield()
        await cancelWhenGracefulShutdown { await self.work() }
        clock.cancel()
        commits?.cancel()
        let last = runners.values
        runners = [:]
        // All at once: whoever waited for the one before would go on sending.
        await withTaskGroup(of: Void.self) { group in
            for runner in last { group.addTask { await runner.stop(within: Self.grace) } }
        }
        await clock.value
    }

    /// Beside the sending: what is too old can be hundreds of thousands of rows.
    private func keepTidying() async {
        repeat { await tidy() } while await desk.timepiece.pause(Self.tidying)
    }

    private func work() async {
        for await _ in rings {
            if mustReload { await reload() }
            await lookForNews()
        }
    }

    /// Has a runner for each receiver in use, and none for others.
    private func reload() async {
        mustReload = false
        let webhooks: [Webhook]
        do { webhooks = try await desk.store.webhooks() } catch {
            mustReload = true
            return tryAgain("the webhooks cannot be read", error)
        }
        let inUse = webhooks.filter { $0.stop == nil }
        for number in Set(runners.keys).subtracting(inUse.map(\.number)) {
            await runners.removeValue(forKey: number)?.stop(within: .zero)
        }
        for webhook in inUse {
            if let runner = runners[webhook.number] {
                await runner.change(to: webhook)
            } else {
                let runner = WebhookRunner(webhook, desk: desk) { [weak self] in await self?.lookAgain() }
                runners[webhook.number] = runner
                runner.start()
            }
        }
        watchCommits()
    }

    /// Nobody is woken by commits while there is no receiver in use.
    private func watchCommits() {
        if runners.isEmpty {
            commits?.cancel()
            commits = nil
        } else if commits == nil {
            let (stream, bell) = (signal.watch(client: nil), bell)
            commits = Task { for await _ in stream { bell.yield() } }
        }
    }

    /// Rings for those runners alone that have something new to send.
    private func lookForNews() async {
        guard !runners.isEmpty else { return }
        do {
            let owed = try await desk.store.webhooksOwed(after: place)
            place = owed.place
            for number in owed.numbers { runners[number]?.ring() }
        } catch { tryAgain("what webhooks are owed cannot be read", error) }
    }

    private func tidy() async {
        let now = desk.timepiece.now()
        do {
            for webhook in try await desk.store.webhooks() where webhook.stop != nil {
                if Task.isCancelled { return }
                try await desk.giveUp(webhook.number, at: now)
            }
            let oldest = now.advanced(by: .zero - policy.keep)
            while try await desk.store.forgetDeliveries(settledBefore: oldest, limit: Self.tidiedAtOnce)
                >= Self.tidiedAtOnce, !Task.isCancelled
            {}
        } catch {
            desk.logger.warning("old deliveries could not be forgotten", metadata: ["reason": "\(error)"])
        }
    }

    private func tryAgain(_ message: Logger.Message, _ error: StoreError) {
        desk.logger.warning(message, metadata: ["reason": "\(error)"])
        Task { [desk, bell] in
            if await desk.timepiece.pause(WebhookRunner.storePause) { bell.yield() }
        }
    }
}

/// How events are sent.
public struct WebhookPolicy: Sendable, Hashable {
    public var patience = WebhookPatience()
    /// How many attempts at one receiver may be under way at once. Default: 4.
    public var width = 4
    /// How long deliveries that are settled are listed. Default: 30 days.
    public var keep = Duration.seconds(30 * 86_400)

    public init() {}
}

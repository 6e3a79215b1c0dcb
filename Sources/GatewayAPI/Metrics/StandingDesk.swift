import Purchasing

/// Tells how everything stands, asking the store at most once in a while however many want to know.
actor StandingDesk {
    /// For how long what was found out is told again.
    static let lifetime = Duration.seconds(5)

    private let purchaser: Purchaser
    private let timepiece: Timepiece
    private var last: (standing: Standing, at: Duration)?
    private var asking: Task<Standing, Never>?

    init(purchaser: Purchaser, timepiece: Timepiece) {
        self.purchaser = purchaser
        self.timepiece = timepiece
    }

    /// How everything stands, or stood a few seconds ago.
    func standing() async -> Standing {
        if let last, timepiece.elapsed() - last.at < Self.lifetime { return last.standing }
        if let asking { return await asking.value }
        let task = Task { [purchaser] in await purchaser.standing() }
        asking = task
        let standing = await task.value
        asking = nil
        last = (standing, timepiece.elapsed())
        return standing
    }
}

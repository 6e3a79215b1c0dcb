import HTTPTypes
import Measuring

/// Counts the calls that are answered, route by route. Takes no lock.
final class CallMeter: Sendable {
    /// The counts of one route.
    private final class Page: Sendable {
        let route: String
        let method: String
        /// By the first digit of the status, from 1 to 5.
        let classes = (1...5).map { _ in Tally() }
        let durations = DurationHistogram()

        init(route: String, method: String) {
            self.route = route
            self.method = method
        }
    }

    /// Where a call is counted for which there is no route: its path is its caller's.
    static let nowhere = ("none", "any")

    private let pages: [Page]
    private let inFlight = Level()
    /// How answers to `GET /inventory` came about.
    private let inventory = InventorySource.allCases.map { _ in Tally() }

    /// - Parameter routes: every route, each counted at its place here.
    init(routes: [Route]) {
        pages =
            routes.map { Page(route: $0.path, method: $0.method.rawValue) }
            + [Page(route: Self.nowhere.0, method: Self.nowhere.1)]
    }

    /// A call has come.
    func begin() { inFlight.change(by: 1) }

    /// A call was answered; nil for the route of one for which there is none.
    func end(_ route: Int?, status: Int, took: Duration) {
        inFlight.change(by: -1)
        let page = pages[route ?? pages.count - 1]
        page.classes[min(max(status / 100, 1), 5) - 1].add()
        page.durations.note(took)
    }

    /// An answer about what can be bought was given.
    func note(_ source: InventorySource) { inventory[source.rawValue].add() }

    /// What was counted; of what did not happen only failures are told, as 0 for every route: a counter that begins above 0
    /// has not increased to Prometheus, and no alert would hear of the first.
    var families: [Family] {
        let called = pages.filter { !$0.durations.isEmpty }
        let requests = pages.flatMap { page in
            page.classes.enumerated().filter { $0 == 4 || $1.value > 0 }.map { index, tally in
                Sample(
                    [("route", page.route), ("method", page.method), ("status_class", "\(index + 1)xx")],
                    .count(tally.value))
            }
        }
        return [
            Family(
                "purser_http_requests_total", .counter,
                "Calls that were answered, by the pattern of their route; a HEAD counts as a GET.", requests),
            Family(
                "purser_http_request_duration_seconds", .histogram,
                "How long calls took until the head of their answer was ready, the time that callers asked to wait included.",
                called.flatMap { $0.durations.samples([("route", $0.route), ("method", $0.method)]) }),
            Family(
                "purser_http_requests_in_flight", .gauge, "Calls whose answer is not ready.", .count(inFlight.value)),
            Family(
                "purser_inventory_answers_total", .counter,
                "Answers to GET /inventory: from fresh readings, from stale ones, without all vendors, or after a call.",
                zip(InventorySource.allCases, inventory).map { Sample([("source", $0.text)], .count($1.value)) }),
        ]
    }
}

/// How an answer about what can be bought came about.
enum InventorySource: Int, CaseIterable {
    case hit, stale, incomplete, miss

    var text: String {
        switch self {
        case .hit: "hit"
        case .stale: "stale"
        case .incomplete: "incomplete"
        case .miss: "miss"
        }
    }
}

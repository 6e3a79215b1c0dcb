import Purchasing

/// How an answer came about, as `Cache-Status` says it (RFC 9211).
enum CacheStatus {
    /// From what was known.
    case hit
    /// A vendor was asked first, because something was not known or, where `isForced`, not new enough.
    case fetched(isForced: Bool)

    /// The value of the field.
    func text(_ age: ReadingAge) -> String {
        switch self {
        case .hit where age.freshFor > .zero: "purser; hit"
        case .hit where age.age == nil: "purser; hit; detail=incomplete"
        case .hit: "purser; hit; ttl=\(age.secondsLeft); detail=stale"
        case .fetched(let isForced):
            "purser; fwd=\(isForced ? "request" : "miss")" + (age.freshFor > .zero ? "; stored" : "")
        }
    }
}

extension ReadingAge {
    /// The whole seconds of the age; nil when nothing was read.
    var seconds: Int? { age.map { Int($0.components.seconds) } }

    /// For how many seconds it stays fresh, rounded down: negative once it is stale.
    var secondsLeft: Int { Int(freshFor.seconds.rounded(.down)) }

    /// How long a caller may keep the answer. A cache subtracts the `Age` from it (RFC 9111, 4.2), so the age is in it.
    var cacheControl: String {
        "private, max-age=\(freshFor > .zero ? (seconds ?? 0) + secondsLeft : 0)"
    }
}

import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// How old readings may be for a caller that asks for new ones: many of them cause one call a second.
    private static let newEnough = Duration.seconds(1)

    /// `GET /inventory`: what can be bought, as far as it is known.
    ///
    /// An answer that was given before is given again as it is, while what it was made of is what it was.
    func showInventory(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let query = try InventoryFilters.query(call.query, vendors: inventory.vendors)
        // An auditor looks on, and has no vendor called for it.
        let isForced = caller.role != .auditor && call.request.headers.asksForNew
        if !isForced, let answer = answers[query], let age = inventory.use(answer.basis) {
            meter.note(age.source)
            return call.response(answer, age, .hit)
        }
        let notBefore = isForced ? timepiece.now().advanced(by: .zero - Self.newEnough) : nil
        let report = await inventory.report(query, notBefore: notBefore)
        let answer = answer(report, to: query)
        let age = inventory.age(of: report.basis)
        meter.note(report.isFetched ? .miss : age.source)
        return call.response(
            answer, age, report.isFetched ? .fetched(isForced: isForced) : .hit)
    }

    /// The answer that a report makes; many who have waited for the same readings get the same one.
    private func answer(_ report: InventoryReport, to query: InventoryQuery) -> InventoryAnswer {
        if let ready = answers[query], ready.basis.isSame(as: report.basis) { return ready }
        let answer = InventoryAnswer(report)
        answers.keep(answer, for: query)
        return answer
    }
}

extension ReadingAge {
    /// How an answer came about that was given from what was known.
    fileprivate var source: InventorySource {
        if freshFor > .zero { return .hit }
        return age == nil ? .incomplete : .stale
    }
}

extension Call {
    fileprivate func response(_ answer: InventoryAnswer, _ age: ReadingAge, _ status: CacheStatus) -> Response {
        var headers: HTTPFields = [.cacheControl: age.cacheControl, .cacheStatus: status.text(age)]
        if let seconds = age.seconds { headers[.age] = String(seconds) }
        return tagged(answer.bytes, tag: answer.tag, as: .json, headers: headers)
    }
}

extension HTTPFields {
    /// Whether the caller wants what is new, not what is known.
    fileprivate var asksForNew: Bool {
        self[values: .cacheControl].contains { value in
            value.split(separator: ",").contains { $0.withoutBlanks.lowercased() == "no-cache" }
        }
    }
}

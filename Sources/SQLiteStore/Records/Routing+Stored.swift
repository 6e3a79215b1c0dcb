import ExactJSON
import Foundation
import Purchasing

extension Routing {
    /// Reads a routing as `stored` writes it, member for member: as it stands in each order, it is read without a tree.
    /// - Throws: `UnreadableRow`.
    init(text: String, column: String) throws(UnreadableRow) {
        if let routing = Routing(written: text) {
            self = routing
        } else if let routing = Routing(stored: try JSON(stored: text, column: column)) {
            self = routing
        } else {
            throw UnreadableRow(column: column)
        }
    }

    /// - Returns: nil when the text is in any other form than `stored` gives.
    init?(written text: String) {
        var input = JSONInput(text, as: .stored)
        var policy: Policy?
        var candidates: [Candidate] = []
        var isRead = true
        input.object { input in
            policy = input.text("policy").flatMap(Policy.init(rawValue:))
            guard input.next("candidates") else { return isRead = false }
            input.array { input in
                if let candidate = Candidate(&input) { candidates.append(candidate) } else { isRead = false }
            }
        }
        guard let policy, isRead, input.isWhole else { return nil }
        self.init(policy: policy, candidates: candidates)
    }
}

extension Routing.Candidate {
    fileprivate init?(_ input: inout JSONInput) {
        var candidate: Routing.Candidate?
        input.object { candidate = Routing.Candidate(members: &$0) }
        guard let candidate else { return nil }
        self = candidate
    }

    private init?(members input: inout JSONInput) {
        guard let vendor = input.text("vendor") else { return nil }
        self.init(vendor: vendor)
        if input.next("price") {
            guard let price = Money(&input) else { return nil }
            self.price = price
        }
        priceSource = input.text("price_source").flatMap(PriceSource.init(rawValue:))
        priceAsOf = input.int("price_as_of").map { Date(milliseconds: Int64($0)) }
        unpriced = input.text("unpriced")
        guard let isChosen = input.bool("is_chosen") else { return nil }
        self.isChosen = isChosen
        ruledOut = input.text("ruled_out")
        guard input.next("unused") else { return nil }
        unused = input.texts()
    }
}

extension Money {
    fileprivate init?(_ input: inout JSONInput) {
        var micros: Int?
        var currency: String?
        input.object { input in
            micros = input.int("micros")
            currency = input.text("currency")
        }
        guard let micros, let currency else { return nil }
        self.init(Millionths(Int64(micros)), currency: currency)
    }
}

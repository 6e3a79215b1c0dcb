import ExactJSON
import Foundation
import GRDB
import Purchasing

/// A stored value that this code cannot make sense of. The names are columns; the value is not told.
struct UnreadableRow: Error {
    let column: String
}

extension JSON {
    /// Reads a document that this store wrote: any depth that a vendor's answer can reach inside our own wrapping, and
    /// any character.
    /// - Throws: `UnreadableRow`.
    init(stored text: String, column: String) throws(UnreadableRow) {
        do { self = try JSON(parsing: text, as: .stored) } catch { throw UnreadableRow(column: column) }
    }

    /// The texts of an array; nil when this is anything else.
    var texts: [String]? {
        guard let elements = array else { return nil }
        let texts = elements.compactMap(\.string)
        return texts.count == elements.count ? texts : nil
    }

    static func texts(_ texts: [String]) -> JSON { .array(texts.map(JSON.string)) }
}

extension JSONStrictness {
    /// What this store wrote.
    static let stored: JSONStrictness = {
        var strictness = JSONStrictness.answer
        strictness.maximumDepth = 128
        return strictness
    }()
}

/// A part of an order that is kept as one JSON document.
protocol StoredAsJSON {
    var stored: JSON { get }
    /// Nil when the document is not one that `stored` gives.
    init?(stored: JSON)
}

extension StoredAsJSON {
    /// - Throws: `UnreadableRow`.
    init(text: String, column: String) throws(UnreadableRow) {
        guard let value = Self(stored: try JSON(stored: text, column: column)) else {
            throw UnreadableRow(column: column)
        }
        self = value
    }
}

extension Money: StoredAsJSON {
    var stored: JSON { ["micros": .int(Int(amount.count)), "currency": .string(currency)] }

    init?(stored: JSON) {
        guard let micros = stored["micros"]?.int, let currency = stored["currency"]?.string else { return nil }
        self.init(Millionths(Int64(micros)), currency: currency)
    }
}

extension Routing: StoredAsJSON {
    var stored: JSON {
        ["policy": .string(policy.rawValue), "candidates": .array(candidates.map(\.stored))]
    }

    init?(stored: JSON) {
        guard let policy = stored["policy"]?.string.flatMap(Policy.init(rawValue:)),
            let elements = stored["candidates"]?.array
        else { return nil }
        let candidates = elements.compactMap(Candidate.init(stored:))
        guard candidates.count == elements.count else { return nil }
        self.init(policy: policy, candidates: candidates)
    }
}

extension Routing.Candidate: StoredAsJSON {
    var stored: JSON {
        .object([
            ("vendor", .string(vendor)), ("price", price?.stored),
            ("price_source", priceSource.map { .string($0.rawValue) }),
            ("price_as_of", priceAsOf.map { .int(Int($0.milliseconds)) }), ("unpriced", unpriced.map(JSON.string)),
            ("is_chosen", .bool(isChosen)),
            ("ruled_out", ruledOut.map(JSON.string)), ("unused", .texts(unused)),
        ])
    }

    init?(stored: JSON) {
        guard let vendor = stored["vendor"]?.string, let isChosen = stored["is_chosen"]?.bool,
            let unused = stored["unused"]?.texts, stored.holds("price", as: Money.self)
        else { return nil }
        self.init(
            vendor: vendor, price: stored["price"].flatMap(Money.init(stored:)),
            priceSource: stored["price_source"]?.string.flatMap(PriceSource.init(rawValue:)),
            priceAsOf: stored["price_as_of"]?.int.map { Date(milliseconds: Int64($0)) }, isChosen: isChosen,
            ruledOut: stored["ruled_out"]?.string, unused: unused)
        unpriced = stored["unpriced"]?.string
    }
}

extension UnknownOutcome: StoredAsJSON {
    var stored: JSON {
        [
            "since": .int(Int(since.milliseconds)), "reason": .string(reason), "needs_review": .bool(needsReview),
            "findings": .texts(findings),
        ]
    }

    init?(stored: JSON) {
        guard let since = stored["since"]?.int, let reason = stored["reason"]?.string,
            let needsReview = stored["needs_review"]?.bool, let findings = stored["findings"]?.texts
        else { return nil }
        self.init(since: Date(milliseconds: Int64(since)), reason: reason)
        self.needsReview = needsReview
        self.findings = findings
    }
}

extension OrderProblem: StoredAsJSON {
    var stored: JSON {
        .object([
            ("code", .string(code.rawValue)), ("detail", .string(detail)), ("vendor", vendor?.stored),
            ("retry_at", retryAt.map { .int(Int($0.milliseconds)) }),
        ])
    }

    init?(stored: JSON) {
        guard let code = stored["code"]?.string.flatMap(ProblemCode.init(rawValue:)),
            let detail = stored["detail"]?.string, stored.holds("vendor", as: VendorStatement.self)
        else { return nil }
        self.init(
            code: code, detail: detail, vendor: stored["vendor"].flatMap(VendorStatement.init(stored:)),
            retryAt: stored["retry_at"]?.int.map { Date(milliseconds: Int64($0)) })
    }
}

extension VendorStatement: StoredAsJSON {
    var stored: JSON {
        .object([
            ("name", .string(name)), ("code", code.map(JSON.string)), ("message", message.map(JSON.string)),
        ])
    }

    init?(stored: JSON) {
        guard let name = stored["name"]?.string else { return nil }
        self.init(name: name, code: stored["code"]?.string, message: stored["message"]?.string)
    }
}

extension Baseline: StoredAsJSON {
    var stored: JSON { .object([("balance", balance?.stored), ("goods", goods.map(JSON.texts))]) }

    init?(stored: JSON) {
        guard stored.holds("balance", as: Money.self), stored["goods"] == nil || stored["goods"]?.texts != nil
        else { return nil }
        self.init(balance: stored["balance"].flatMap(Money.init(stored:)), goods: stored["goods"]?.texts)
    }
}

extension JSON {
    /// Whether a member is absent or can be read.
    fileprivate func holds<Value: StoredAsJSON>(_ name: String, as type: Value.Type) -> Bool {
        guard let member = self[name] else { return true }
        return Value(stored: member) != nil
    }
}

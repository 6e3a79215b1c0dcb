public import Purchasing

/// One thing that can be asked of a vendor before buying, in the vendor's words.
public struct VendorReadingDialect: Sendable {
    /// What is asked.
    public enum Question: Sendable, Hashable {
        case stock(StockQuery)
        case lists(ProductShape)
        case quote(OrderRequest)

        var shape: ProductShape {
            switch self {
            case .stock(let query): query.shape
            case .lists(let shape): shape
            case .quote(let request): request.shape
            }
        }
    }

    /// What the adapter must make of it.
    public enum Finding: Sendable, Hashable {
        case stock([InventoryRow])
        case lists(ReferenceLists)
        case quote(VendorQuote)
        /// The read failed.
        case failure(VendorError)
    }

    /// What the adapter must make of something that is no good answer. A quote says the same in its own words: `refused`
    /// for bad credentials, `unavailable` for the rest.
    public enum Failure: Sendable, Hashable {
        /// Any of the words, or any word at all where none is given.
        case unavailable([String])
        case rateLimited(Duration)
        case authFailed
        case unreadable
        /// A definite no of the vendor.
        case refused

        func isMet(by finding: Finding) -> Bool {
            switch (self, finding) {
            case (.unavailable(let words), .failure(.unavailable(let reason))),
                (.unavailable(let words), .quote(.unavailable(let reason, nil))):
                words.isEmpty || words.contains(reason)
            case (.rateLimited(let wait), .failure(.rateLimited(let told))),
                (.rateLimited(let wait), .quote(.unavailable("rate_limited", .some(let told)))):
                wait == told
            case (.authFailed, .failure(.authFailed)), (.unreadable, .failure(.unreadable)),
                (.refused, .failure(.refused)), (.unreadable, .quote(.unavailable(_, nil))),
                (.refused, .quote(.unavailable(_, nil))):
                true
            case (.authFailed, .quote(.refused(let refusal, price: nil))): refusal.reason == .authFailed
            default: false
            }
        }
    }

    let name: String
    let question: Question
    /// The body of the good answer to each call that the question makes.
    let answer: @Sendable (ScriptedServer.Request) -> String
    let finding: Finding
    /// Answers in the vendor's words that are no good.
    let failures: [(name: String, body: String, failure: Failure)]

    public init(
        _ name: String, _ question: Question, finds finding: Finding,
        failures: [(name: String, body: String, failure: Failure)] = [],
        answer: @escaping @Sendable (ScriptedServer.Request) -> String
    ) {
        self.name = name
        self.question = question
        self.finding = finding
        self.failures = failures
        self.answer = answer
    }

    /// Asks.
    func ask(_ adapter: any VendorAdapter) async -> Finding {
        do throws(VendorError) {
            switch question {
            case .stock(let query): return .stock(try await adapter.stock(query))
            case .lists(let shape): return .lists(try await adapter.lists(of: shape))
            case .quote(let request): return .quote(await adapter.quote(request, context: CallContext(orderID: nil)))
            }
        } catch {
            return .failure(error)
        }
    }
}

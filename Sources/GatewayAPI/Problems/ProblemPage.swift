import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /problems/{code}`: what a problem's `type` leads to, for a person who has just met it.
    func showProblem(_ call: Call) async throws(Problem) -> Response {
        guard let code = call.names["code"].flatMap(ProblemCode.init) else {
            throw Problem(.notFound, "there is no such problem", moneyState: .unchanged)
        }
        let page = ProblemPage(code: code)
        let headers: HTTPFields = [.cacheControl: "max-age=3600", .vary: "Accept"]
        let wantsHTML = call.request.headers[.accept]?.contains(MediaType.html.rawValue) ?? false
        return wantsHTML
            ? Response(.ok, Array(page.html.utf8), as: .html, headers: headers)
            : Response(.ok, Array(page.text.utf8), as: .plain, headers: headers)
    }
}

/// A page about one code. Nothing of it comes from a caller.
struct ProblemPage {
    let code: ProblemCode

    /// For a terminal.
    var text: String {
        """
        \(code.kind.status.code) \(code.rawValue)
        \(code.kind.title)

        What happened  \(code.kind.meaning)
        Money          \(money)
        Try again?     \(retry)
        What to do     \(code.kind.advice)

        """
    }

    /// For a browser.
    var html: String {
        HTML.page(
            title: code.rawValue, width: "42rem",
            body: """
                <h1>\(HTML.escaped(code.kind.title))</h1>
                <p><code>\(code.kind.status.code) \(HTML.escaped(code.rawValue))</code></p>
                <dl>
                <dt>What happened</dt><dd>\(HTML.escaped(code.kind.meaning))</dd>
                <dt>Money</dt><dd>\(HTML.escaped(money))</dd>
                <dt>Try again?</dt><dd>\(HTML.escaped(retry))</dd>
                <dt>What to do</dt><dd>\(HTML.escaped(code.kind.advice))</dd>
                </dl>
                """)
    }

    private var money: String {
        switch code.kind.money {
        case .unchanged: "unchanged: this call did nothing, and what earlier calls with the same key did stands."
        case .notSpent: "not_spent: nothing was bought, for certain."
        case .maybeSpent: "maybe_spent: the outcome is being found out."
        case .spent: "spent: the order was bought."
        case nil: "the problem's money_state says what is true of the order that it names."
        }
    }

    private var retry: String {
        switch code.kind.retry {
        case .fixRequest: "fix_request: not as it is. \(code.retryOfFinishedWords)"
        case .sameKey: "same_key: yes, with the same key."
        case .newKey: "new_key: only with a new key, which is a new purchase."
        case .wait:
            "wait: yes, after the pause that Retry-After names. \(code.retryOfFinishedWords)"
        case .poll: "poll: no, read the order until it is settled."
        case .askOperator: "ask_operator: no, a person has to do something first. \(code.retryOfFinishedWords)"
        }
    }
}

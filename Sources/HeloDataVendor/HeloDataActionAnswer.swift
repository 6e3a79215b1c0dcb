import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

/// An answer that says that a change was made. Of its members only `expires_at` is documented, and without the rest of the
/// body (/dashboard/extending-an-order): every other spelling is assumed, from the order answer (`total_usd`,
/// /api-reference/orders) and the vendor's other objects, and the members may stand inside one that wraps them.
struct HeloDataActionAnswer {
    private let json: JSON
    /// The object itself, then those inside it that may hold what is told.
    private let places: [JSON]

    init(_ json: JSON) {
        self.json = json
        let wrapped = ["data", "details", "batch", "result", "renewal"].compactMap { json[$0] }
        places = ([json] + wrapped).filter { $0.object != nil }
    }

    private func first(_ names: String...) -> JSON? {
        for place in places {
            for name in names {
                if let value = place[name], !value.isNull { return value }
            }
        }
        return nil
    }

    /// Whether the body says no, whatever its status says.
    var isError: Bool {
        if let error = json.first(of: "error", "errors"), error != false, error != "", error != [] { return true }
        if json.first(of: "success", "ok") == false { return true }
        if let status = first("status")?.string?.lowercased(), ["error", "failed", "rejected"].contains(status) {
            return true
        }
        return json["code"]?.string != nil && json["message"]?.string != nil
    }

    /// Whether it does not speak of another batch, or of other months, than was asked.
    func isAbout(_ call: ActionCall) -> Bool {
        if let batch = first("batch_id", "batchId")?.string, batch != call.sale.batchID { return false }
        guard case .renew(let rental, _, _) = call.task, let months = first("months")?.int else { return true }
        return months == rental.wholeMonths
    }

    /// What was charged, in US dollars unless another currency is named.
    var total: Money? {
        let told = first(
            "total_usd", "charged_usd", "amount_usd", "cost_usd", "price_usd", "total", "charged", "charge",
            "amount_charged",
            "amount", "cost", "price")
        let currency = (told?["currency"]?.string ?? first("currency")?.string).map { $0.uppercased() } ?? "USD"
        guard currency.utf8.count == 3, currency.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
        return (told?["amount"] ?? told)?.exactAmount().map { Money($0, currency: currency) }
    }

    var expiresAt: Date? {
        (first("expires_at", "expiresAt", "new_expires_at", "expiry", "expires")?.string).flatMap(Date.init(rfc3339:))
    }

    /// What a change led to: `replacement_id`, `replacement_ip` and `free_replacements_left`, or `entry_id`, where they are told.
    func result(of task: ActionTask, _ redaction: Redaction) -> JSON {
        switch task {
        case .replace(let old, _):
            let new = first("replacement", "new_ip", "new", "replaced_by", "ip")
            let id =
                first("replacement_id", "new_ip_id", "replacement_ip_id", "new_id")?.visibleToken
                ?? new?.first(of: "id", "ip_id")?.visibleToken ?? first("ip_id")?.visibleToken
            let address = (first("replacement_ip", "new_address") ?? new?.first(of: "ip", "address") ?? new)?.string
            return .object([
                ("replacement_id", id.flatMap { $0 == old ? nil : .string(redaction.text($0)) }),
                (
                    "replacement_ip",
                    address.flatMap(HeloDataNetwork.init).flatMap { $0.text == old ? nil : .string($0.text) }
                ),
                (
                    "free_replacements_left",
                    first("free_replacements_left", "replacements_left", "free_replacements")?.int.map(JSON.int)
                ),
            ])
        case .allow:
            let id = (first("id", "entry_id", "entryId") ?? first("entry")?.first(of: "id"))?.visibleToken
            return .object([("entry_id", id.map { .string(redaction.text($0)) })])
        case .renew, .refresh, .rotatePassword, .release, .autoRenew, .disallow: return .object([])
        }
    }

    // MARK: Logins

    /// The document without anything that may be a login: what stands under a name that says so, and text in which one
    /// stands beside an address, as in `198.51.100.42:8000:user:pass` (/products/overview-2/proxy-list-format).
    static func withoutLogins(_ json: JSON) -> JSON {
        switch json {
        case .null, .bool, .number: json
        case .string(let text): tellsLogin(text) ? .string(Redaction.placeholder) : json
        case .array(let elements): .array(elements.map(withoutLogins))
        case .object(let members):
            .object(
                members.map { name, value in
                    (name, namesLogin(name) ? .string(Redaction.placeholder) : withoutLogins(value))
                })
        }
    }

    private static func namesLogin(_ name: String) -> Bool {
        let letters = name.lowercased().filter(\.isLetter)
        // A sub-user's id is how the API names it, and no login.
        if letters == "subuser" || letters == "subuserid" { return false }
        return ["pass", "pwd", "secret", "token", "user", "login", "credential", "auth"].contains {
            letters.contains($0)
        }
    }

    private static func tellsLogin(_ text: String) -> Bool {
        guard Date(rfc3339: text) == nil, HeloDataNetwork(text) == nil else { return false }
        return text.contains(/:\d{1,5}:[^\s:]+:\S/) || text.contains(/[^\s:]+:\S+@\S/)
    }
}

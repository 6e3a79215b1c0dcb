import ExactJSON
import Foundation
import Purchasing
import VendorHTTP

extension WhitelistEntry {
    /// An entry as `GET /isp/batches/{id}/whitelist` may show it: `id`, `ip`, `label` and `created_at` are taken from
    /// /api-reference/whitelists; the other spellings are assumed. Nil when it has no id or no address.
    init?(_ json: JSON, redaction: Redaction) {
        guard let id = json.first(of: "id", "entry_id", "entryId", "whitelist_id")?.visibleToken,
            let address = json.first(of: "ip", "cidr", "address", "ip_address", "network", "value")?.visibleToken
        else { return nil }
        self.init(
            id: redaction.text(id), address: redaction.text(address),
            label: (json.first(of: "label", "name", "note", "description")?.string).map(redaction.text),
            createdAt: (json.first(of: "created_at", "createdAt", "added_at")?.string).flatMap(Date.init(rfc3339:)))
    }
}

import Purchasing
import Yams

extension SettingForm<[WebhookHosts.Entry]> {
    /// A list of hosts, each with its port unless that is 443.
    static let webhookHosts = Self(
        "a list of hosts such as hooks.example.com, hooks.example.com:8443 or 10.0.0.7:8080",
        read: { node in
            guard case .sequence(let sequence) = node else { return nil }
            let entries = sequence.compactMap { $0.text.flatMap(WebhookHosts.Entry.init) }
            return entries.count == sequence.count ? entries : nil
        },
        write: { "[\($0.map(\.text).joined(separator: ", "))]" })
}

public import Purchasing

/// A sale of IPs, and how the vendor shows them.
public struct VendorProxiesDialect: Sendable {
    let sale: Sale
    let proxies: [BoughtProxy]
    /// Answers with status 200 that are no list, or a list with something in it that cannot be read.
    let failures: [String]
    /// The body of the good answer to each call that is made.
    let answer: @Sendable (ScriptedServer.Request) -> String

    public init(
        _ sale: Sale, finds proxies: [BoughtProxy], failures: [String],
        answer: @escaping @Sendable (ScriptedServer.Request) -> String
    ) {
        self.sale = sale
        self.proxies = proxies
        self.failures = failures
        self.answer = answer
    }
}

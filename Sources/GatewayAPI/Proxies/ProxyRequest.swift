import HTTPTypes
import Hummingbird
import Purchasing

/// How a caller wants proxies to be told.
struct ProxyRequest {
    let format: ProxyFormat
    /// Nil where it is left to each proxy.
    let scheme: BoughtProxy.Scheme?
    /// Whether what is there so far will do.
    let partial: Bool

    /// Reads `format`, which goes before `Accept`, `protocol` and `partial`.
    /// - Throws: `Problem` `invalid_request` naming every parameter that cannot be taken.
    init(_ call: Call) throws(Problem) {
        var faults: [Fault] = []
        let read = { (name: String, words: [String]) -> String? in
            guard let text = call.query[name], !words.contains(text) else { return call.query[name] }
            faults.append(Fault(.parameter(name), "unknown_\(name)", "one of \(words.joined(separator: ", "))"))
            return nil
        }
        let named = read("format", ProxyFormat.allCases.map(\.rawValue)).flatMap(ProxyFormat.init)
        scheme = read("protocol", BoughtProxy.Scheme.allCases.map(\.rawValue)).flatMap(BoughtProxy.Scheme.init)
        partial = read("partial", ["true", "false"]) == "true"
        let preferred = call.request.headers.preferred(of: ProxyFormat.allCases.map(\.media))
        format = named ?? ProxyFormat.allCases.first { $0.media == preferred } ?? .json
        if scheme != nil, !format.namesOnePort {
            faults.append(
                Fault(.parameter("protocol"), "not_supported", "json and csv tell every port; plain and uri tell one"))
        }
        guard faults.isEmpty else { throw .badQuery(faults) }
    }
}

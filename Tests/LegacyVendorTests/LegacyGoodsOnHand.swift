import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing

/// The goods of `ipAddress.assumed-extendable`, and a scripted vendor that has them.
enum LegacyGoodsOnHand {
    static let orderID = "1112223334283d122"
    /// The IP that ends later, and the one that ends first.
    static let ips = ["1111111111111111111", "2222222222222222222"]
    /// The address of the first of them.
    static let addresses = ["198.51.100.43"]
    static let laterEnd = Date(rfc3339: "2026-07-27T10:00:00.220Z")
    static let firstEnd = Date(rfc3339: "2026-06-27T10:00:00.220Z")

    static func sale(_ request: OrderRequest = .ipv4, id: String? = orderID, autoRenewal: RentalTime? = nil) -> Sale {
        Sale(
            orderID: IdentifierSource(milliseconds: { 1_780_000_000_000 }).next(.order), request: request,
            vendorOrderID: id, batchID: nil, autoRenewal: autoRenewal)
    }

    /// A call on the goods, from a balance of 0.65 where it is known.
    static func call(_ task: ActionTask, _ sale: Sale = sale(), balance: Money? = .usd("0.65")) -> ActionCall {
        var baseline = GoodsCondition(isThere: true)
        baseline.balance = balance
        return ActionCall(
            task: task, sale: sale, context: CallContext(orderID: sale.orderID), baseline: baseline)
    }

    /// Runs with an adapter of a scripted vendor that answers by the end of the path, and closes both; what is not scripted
    /// is the list and the balance.
    static func withVendor(
        _ answers: [String: ScriptedServer.Act], timeout: Duration = .seconds(10),
        _ body: (LegacyAdapter, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try ScriptedServer { request in
            let call = request.target.replacingOccurrences(of: "/client/api/v1/\(LegacyDialect.key)/", with: "")
            let usual: [String: ScriptedServer.Act] = [
                "ipAddress?proxyType=IPv4": .http(200, fixture("ipAddress.assumed-extendable")),
                "ipAddress": .http(200, fixture("ipAddress.assumed-extendable")),
                "balance": .http(200, fixture("balance.ok")),
            ]
            return answers[call] ?? usual[call] ?? .http(404, "")
        }
        defer { server.stop() }
        let adapter = try LegacyDialect.adapter(server.url, timeout: timeout)
        try await body(adapter, server)
        await adapter.close()
    }
}

extension ScriptedServer {
    /// The last words of the paths that were asked for, and the bodies, in order.
    var calls: [String] {
        requests.map { request in
            let path = request.target.components(separatedBy: LegacyDialect.key + "/").last ?? ""
            return request.body.isEmpty ? path : path + " " + request.text
        }
    }
}

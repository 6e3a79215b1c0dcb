import ExactJSON
import Foundation
import Purchasing
import VendorSandbox

/// Buys one order from each vendor through the HTTP API, as a caller would, and shows what came of it.
struct Demonstration {
    let gateway: Gateway
    let url: String
    let database: String
    let ports: SandboxPorts

    private static let orders: [(words: String, body: JSON)] = [
        (
            "20 ISP addresses in New York for a month",
            [
                "vendor": "helodata", "product": "isp", "country": "US", "city": "newyork", "quantity": 20, "months": 1,
                "max_total": "150.00",
            ]
        ),
        (
            "10 IPv4 addresses in Germany for 30 days",
            [
                "vendor": "legacy", "product": "ipv4", "country": "DE", "quantity": 10, "days": 30,
                "max_total": "20.00",
            ]
        ),
    ]

    /// Goes through the demonstration.
    /// - Parameter stays: whether the gateway stays, so that its keys and the curl lines are worth printing.
    /// - Returns: whether everything was bought.
    func show(stays: Bool) async -> Bool {
        do {
            let buyer = try await gateway.keys.issue(client: "demo", role: .buyer).token
            let operatorKey = try await gateway.keys.issue(client: "demo-operator", role: .operator).token
            keep(buyer, in: "buyer.key")
            keep(operatorKey, in: "operator.key")
            let api = GatewayClient(url: url, key: buyer)
            let isBought = await buyAll(api)
            await api.close()
            if stays { Terminal.output.write(farewell(buyer: buyer, operatorKey: operatorKey)) }
            return isBought
        } catch {
            Terminal.error.write("purser: no key could be made: \(error.detail)\n")
            return false
        }
    }

    /// Puts a key beside the database, for its owner alone, so that a shell can read it.
    private func keep(_ key: Secret, in name: String) {
        let file = URL(filePath: database).deletingLastPathComponent().appending(path: name).path(percentEncoded: false)
        let isKept = FileManager.default.createFile(
            atPath: file, contents: Data(key.revealed.utf8), attributes: [.posixPermissions: 0o600])
        if !isKept { Terminal.error.write("purser: no key could be written to \(file)\n") }
    }

    private func buyAll(_ api: GatewayClient) async -> Bool {
        Terminal.output.write("The gateway is at \(url), its database is \(database).\n\n")
        var table = TextTable("ORDER", "VENDOR", "STATUS", "TOTAL", "BOUGHT")
        var completed = 0
        for (words, body) in Self.orders {
            Terminal.output.write("Buying \(words) ...\n")
            do throws(CommandFailure) {
                let order = try await buy(body, api)
                if order["status"]?.string == "completed" { completed += 1 }
                table.rows.append(Self.row(order, words))
            } catch {
                Terminal.error.write("purser: \(error.text)\n")
            }
        }
        Terminal.output.write("\n\(table.text)")
        return completed == Self.orders.count
    }

    /// Buys, and waits until the goods are ready, as long as a caller would.
    private func buy(_ body: JSON, _ api: GatewayClient) async throws(CommandFailure) -> JSON {
        let key = "demo-\(UUID().uuidString.lowercased())"
        var order = try await api.call("POST", "/orders", body: body, headers: [("idempotency-key", key)]).successful()
        for _ in 0..<6 {
            guard let id = order["id"]?.string else { throw GatewayClient.unreadable }
            let status = order["status"]?.string
            guard status == "provisioning" || status == "purchasing" || status == "pending" else { break }
            order = try await api.call("GET", "/orders/\(id)?wait=10").successful()
        }
        return order
    }

    private static func row(_ order: JSON, _ words: String) -> [String] {
        let total = order["total"]?["amount"]?.string.map { "\($0) \(order["total"]?["currency"]?.string ?? "")" }
        return [
            order["id"]?.string ?? "-", order["vendor"]?.string ?? "-", order["status"]?.string ?? "-", total ?? "-",
            words,
        ]
    }

    private func farewell(buyer: Secret, operatorKey: Secret) -> String {
        """

        The keys of this demonstration:
          buyer     \(buyer.revealed)
          operator  \(operatorKey.revealed)

        Try it; the same Idempotency-Key twice buys once:
          curl -s -H 'Authorization: Bearer \(buyer.revealed)' -H 'Idempotency-Key: my-first-order' \\
            -H 'Content-Type: application/json' \\
            -d '{"product":"residential","gb":5,"max_total":"50.00"}' \(url)/orders
          curl -s -H 'Authorization: Bearer \(buyer.revealed)' \(url)/orders
          curl -s -H 'Authorization: Bearer \(operatorKey.revealed)' '\(url)/orders?status=completed'

        Let HeloData sell the next order and lose its answer, then look at what it really sold:
          curl -s -d '{"call":"order","fault":"process_then_drop"}' \(ports.heloDataRoot)/sandbox/faults
          curl -s \(ports.heloDataRoot)/sandbox/books
        The legacy vendor's are at \(ports.legacyURL)/sandbox/.

        Ctrl-C ends it.

        """
    }
}

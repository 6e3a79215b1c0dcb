import ExactJSON
import Foundation
import HeloDataVendor
import Purchasing
import Testing
import VendorHTTP
import VendorSandbox

/// Actions against the sandbox, which was written from the same pages by other hands.
@Suite(.timeLimit(.minutes(1)))
struct `HeloData's actions in the sandbox` {
    /// Runs with an adapter and a batch that is ready.
    private func withBatch(
        _ change: (inout HeloDataSandboxSettings) -> Void = { _ in },
        _ body: (HeloDataAdapter, Sale, VendorHTTPClient) async throws -> Void
    ) async throws {
        var settings = SandboxSettings()
        settings.heloData.readyAfterMs = 0
        settings.heloData.replacementAfterMs = 0
        change(&settings.heloData)
        let vendors = SandboxVendors(settings: settings)
        let ports = try await vendors.start()
        let adapter = try HeloDataAdapter(
            settings: HeloDataSettings(baseURL: ports.heloDataURL, apiKey: Secret(vendors.heloDataSettings.token)))
        let client = try VendorHTTPClient(
            address: VendorAddress(ports.heloDataURL), credential: .bearer(Secret(vendors.heloDataSettings.token)),
            connections: 1)
        let purchase = PurchaseCall(
            request: .twentyIPs, body: adapter.purchaseBody(for: .twentyIPs), key: "k", baseline: nil, quotedPrice: nil,
            context: CallContext(orderID: nil))
        let bought = await adapter.purchase(purchase, late: { _ in })
        if case .bought(let receipt) = bought {
            try await body(
                adapter,
                Sale(
                    orderID: Sale.twentyIPs.orderID, request: .twentyIPs, vendorOrderID: receipt.vendorOrderID,
                    batchID: receipt.batchID), client)
        } else {
            Issue.record("nothing was bought: \(bought)")
        }
        await adapter.close()
        await client.close()
        await vendors.stop()
    }

    private func call(_ task: ActionTask, _ sale: Sale) -> ActionCall {
        ActionCall(task: task, sale: sale, context: CallContext(orderID: sale.orderID))
    }

    /// Does a task, and gives the conditions around it.
    private func perform(_ task: ActionTask, on sale: Sale, at adapter: HeloDataAdapter) async throws
        -> (before: GoodsCondition, receipt: ActionReceipt, after: GoodsCondition)
    {
        let call = call(task, sale)
        let prepared = await adapter.prepare(call)
        guard case .ready(price: nil, let before) = prepared else { throw Unexpected(what: "\(prepared)") }
        let outcome = await adapter.perform(call)
        guard case .done(let receipt) = outcome else { throw Unexpected(what: "\(outcome)") }
        return (before, receipt, try await adapter.condition(for: call))
    }

    private struct Unexpected: Error { let what: String }

    @Test(arguments: [
        HeloDataSandboxSettings.ActionAnswers.full, .documented, .empty,
    ]) func `do what they say, and the goods show it`(_ answers: HeloDataSandboxSettings.ActionAnswers) async throws {
        try await withBatch({ $0.actionAnswers = answers }) { adapter, sale, _ in
            let renewal = try await perform(.renew(.months(1)), on: sale, at: adapter)
            let end = try #require(renewal.before.expiresAt)
            #expect(try #require(renewal.after.expiresAt) > end.addingTimeInterval(27 * 86_400))
            #expect(renewal.receipt.total == (answers == .full ? .usd("120.00") : nil))
            #expect(renewal.receipt.expiresAt == (answers == .empty ? nil : renewal.after.expiresAt))
            let charged = renewal.after.balance.flatMap { renewal.before.balance?.minus($0) }
            #expect(charged == .usd("120.00"))

            let password = try await perform(.rotatePassword, on: sale, at: adapter)
            #expect(password.before.credentials != password.after.credentials)

            let allowance = try await perform(.allow("203.0.113.0/24", label: "office"), on: sale, at: adapter)
            #expect(allowance.after.allowed == ["203.0.113.0/24"] && allowance.before.allowed == [])
            let batchID = try #require(sale.batchID)
            let entries = try await adapter.whitelist(ofBatch: batchID)
            let entry = try #require(entries?.first)
            #expect(entry.label == "office")
            let removal = try await perform(.disallow(entry: entry.id), on: sale, at: adapter)
            #expect(removal.before.allowedEntries == [entry.id] && removal.after.allowedEntries == [])

            let refresh = try await perform(.refresh, on: sale, at: adapter)
            #expect(refresh.before.ips != refresh.after.ips && refresh.after.count == 20)

            let release = try await perform(.release, on: sale, at: adapter)
            #expect(release.before.isThere && !release.after.isThere)
            let again = await adapter.prepare(call(.release, sale))
            #expect(again == .refused(Refusal(.rejected, finding: "the vendor shows no such batch")))
        }
    }

    @Test(arguments: ["id", "ip_id"]) func `replace an IP by the id that the list tells`(_ name: String) async throws {
        try await withBatch({ $0.ipIdField = name }) { adapter, sale, client in
            let batch = try #require(sale.batchID.flatMap(VendorPathComponent.init(token:)))
            var request = VendorRequest(.read, .get, ["isp", "batches", batch, "ips"], deadline: .seconds(10))
            request.query = [VendorQueryItem("format", "json")]
            guard case .answer(let answer) = await client.send(request) else { throw Unexpected(what: "no list") }
            let id = try #require(answer.json?.array?.first?[name]?.string)
            let replacement = try await perform(.replace(ip: id, reason: "target-blocked"), on: sale, at: adapter)
            #expect(replacement.before.holdsIP == true && replacement.after.holdsIP == false)
            #expect(replacement.before.ips != replacement.after.ips)
            #expect(replacement.receipt.total == .usd("0.00"))
            #expect(replacement.receipt.result["replacement_id"]?.string != nil)
        }
    }

    @Test func `find no batch that the vendor has forgotten`() async throws {
        try await withBatch({ $0.keepsReleasedBatches = false }) { adapter, sale, _ in
            let release = try await perform(.release, on: sale, at: adapter)
            #expect(!release.after.isThere)
            let batchID = try #require(sale.batchID)
            let goods = try await adapter.goods(batchID)
            #expect(goods == nil)
        }
    }

    @Test func `are refused for want of money, and not called done`() async throws {
        try await withBatch({ $0.balance = .cents(12_000) }) { adapter, sale, _ in
            let outcome = await adapter.perform(call(.renew(.months(1)), sale))
            guard case .refused(let refusal) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(refusal.reason == .insufficientBalance)
        }
    }
}

import Purchasing
import PurchasingTestKit
import Testing

/// One client cannot take the room of the others.
@Suite(.timeLimit(.minutes(1))) struct ClientRoomTests {
    private static let other = Caller(client: "other", role: .buyer)

    @Test func `actions take the places of their client, too`() async throws {
        let vendor = ActionTests.heloData()
        try await Shop.open([("a", vendor)], maximumUnderWay: 8) { shop in
            let order = try await shop.buy(Shop.isp).order
            vendor.hold()
            for number in 0...1 {
                // The order's own place is given back a moment after its answer.
                let asked = try await RefusedOutcomeTests.soon {
                    do {
                        return try await shop.ask(
                            ActionRequest(.rotatePassword), of: order, key: "r-\(number)", wait: .zero
                        ).action
                    } catch { return nil }
                }
                #expect(asked != nil)
            }
            let problem = await #expect(throws: Problem.self) {
                try await shop.ask(ActionRequest(.refresh), of: order, key: "r-9", wait: .zero)
            }
            #expect(problem?.code == .rateLimited && problem?.actionID == nil)
            let refused = await #expect(throws: Problem.self) { try await shop.buy(Shop.isp, key: "k-3", wait: .zero) }
            #expect(refused?.code == .rateLimited)
            vendor.open()
            let again = try await RefusedOutcomeTests.soon {
                do { return try await shop.ask(ActionRequest(.refresh), of: order, key: "r-9").action } catch {
                    return nil
                }
            }
            #expect(again != nil)
        }
    }

    @Test func `a client with too many orders on their way is told to wait, and the others are not`() async throws {
        let vendor = ScriptedVendor.attributable()
        try await Shop.open([("a", vendor)], maximumUnderWay: 16) { shop in
            vendor.hold()
            for number in 1...4 { _ = try await shop.buy(Shop.ipv4, key: "k-\(number)", wait: .zero) }
            let problem = await #expect(throws: Problem.self) { try await shop.buy(Shop.ipv4, key: "k-5", wait: .zero) }
            #expect(problem?.code == .rateLimited && problem?.moneyState == .unchanged)
            #expect(problem?.retryAfter != nil)
            #expect(try await shop.store.order(client: "crawler", idempotencyKey: "k-5") == nil)
            // What was taken is still found by its key, and others are served.
            #expect(try await shop.buy(Shop.ipv4, key: "k-1", wait: .zero).isReplay)
            _ = try await shop.buy(Shop.ipv4, key: "k-5", caller: Self.other, wait: .zero)
            vendor.open()
            let last = try await shop.store.order(client: "crawler", idempotencyKey: "k-4")
            _ = try await shop.settled(try #require(last).id)
            let room = try await RefusedOutcomeTests.soon {
                do { return try await shop.buy(Shop.ipv4, key: "k-5", wait: .zero).order } catch { return nil }
            }
            #expect(room != nil)
        }
    }
}

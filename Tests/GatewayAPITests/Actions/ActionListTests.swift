import ExactJSON
import Foundation
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `The list of actions` {
    /// An action that was refused, one that nobody knows the outcome of, and one on another client's order.
    private func filled(_ office: Office) async throws -> (failed: Action, lost: Action, foreign: Action) {
        let mine = try await office.batch()
        let failed = try await office.storedAction(on: mine, key: "a-1", ActionRequest(.refresh), taking: [.notDone])
        let lost = try await office.storedAction(on: mine, key: "a-2", taking: [.dispatched, .lost]) {
            $0.unknown?.needsReview = true
        }
        let theirs = try await office.batch("bat_2", client: "zenith")
        // Whoever asked for it: an order's actions are its client's.
        let foreign = try await office.storedAction(on: theirs, key: "a-3")
        return (failed, lost, foreign)
    }

    @Test func `has everything for those who may see it, newest first, and for a buyer what is on its own orders`()
        async throws
    {
        try await Office.open { office in
            let (failed, lost, foreign) = try await filled(office)
            for role in [Role.auditor, .operator] {
                let reply = try await office.call(.get, "/actions", as: role)
                #expect(reply.ids == [foreign, lost, failed].map(\.id.text), "\(reply.text)")
            }
            let mine = try await office.call(.get, "/v1/actions", as: .buyer)
            #expect(mine.ids == [lost, failed].map(\.id.text))
            let one = try await office.call(.get, "/actions/\(lost.id)", as: .buyer)
            #expect(mine.json["data"]?.array?.first == one.json)
            let refused = try await office.call(.get, "/actions?client=zenith", as: .buyer)
            #expect(refused.code == "forbidden")
            let foreigns = try await office.call(.get, "/actions?order_id=\(foreign.orderID)", as: .buyer)
            #expect(foreigns.status == 200 && foreigns.ids.isEmpty)
        }
    }

    @Test func `is filtered by status, kind, order, client and whether a person has to decide`() async throws {
        try await Office.open { office in
            let (failed, lost, foreign) = try await filled(office)
            let questions: [(String, [Action])] = [
                ("status=unknown", [lost]), ("status=failed,pending", [foreign, failed]), ("kind=refresh", [failed]),
                ("kind=renew,refresh&status=unknown", [lost]), ("order_id=\(foreign.orderID)", [foreign]),
                ("client=zenith", [foreign]), ("needs_review=true", [lost]),
                ("needs_review=false", [foreign, failed]), ("needs_review=true&client=zenith", []),
            ]
            for (query, actions) in questions {
                let reply = try await office.call(.get, "/actions?\(query)", as: .operator)
                #expect(reply.ids == actions.map(\.id.text), "\(query): \(reply.text)")
            }
            let wrong = try await office.call(
                .get, "/actions?status=lost&kind=buy&order_id=act_1&needs_review=1&limit=0", as: .operator)
            #expect(wrong.status == 422)
            #expect(wrong.json["errors"]?.array?.count == 5, "\(wrong.text)")
        }
    }

    @Test func `is walked page by page, with a cursor that holds for its filters alone`() async throws {
        try await Office.open { office in
            let (failed, lost, foreign) = try await filled(office)
            let first = try await office.call(.get, "/actions?limit=2", as: .operator)
            #expect(first.ids == [foreign, lost].map(\.id.text))
            let cursor = try #require(first.json["next_cursor"]?.string)
            #expect(first.headers[.link]?.contains("/actions?limit=2&cursor=") == true)
            let second = try await office.call(.get, "/actions?limit=2&cursor=\(cursor)", as: .operator)
            #expect(second.ids == [failed.id.text] && second.json["next_cursor"]?.isNull == true)
            for query in ["status=failed&cursor=\(cursor)", "cursor=x"] {
                let reply = try await office.call(.get, "/actions?\(query)", as: .operator)
                #expect(reply.status == 422, "\(query)")
            }
            let orders = try await office.call(.get, "/orders?cursor=\(cursor)", as: .operator)
            #expect(orders.status == 422)
        }
    }

    @Test func `is counted by vendor where it is not known`() async throws {
        try await Office.open { office in
            let (_, lost, _) = try await filled(office)
            let reply = try await office.call(.get, "/vendors/helodata", as: .auditor)
            #expect(reply.json["unknown_actions"]?.int == 1 && reply.json["unknown_orders"]?.int == 0)
            #expect(reply.json["oldest_unknown_action"]?.string == lost.createdAt.rfc3339)
        }
    }
}

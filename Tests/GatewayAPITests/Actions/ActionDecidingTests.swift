import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Deciding about an action` {
    @Test(arguments: [
        (#"{"outcome":"done","total":6.25,"reason":"in the panel"}"#, "6.25", "operator"),
        (#"{"outcome":"done","reason":"in the panel"}"#, "5.00", "quote"),
    ])
    func `settles an unknown one as done`(body: String, total: String, source: String) async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let action = try await office.storedAction(on: order, taking: [.dispatched, .lost])
            let path = "/actions/\(action.id)/resolve"
            let reply = try await office.call(.post, path, as: .operator, body: body)
            #expect(reply.status == 200 && reply.json["status"] == "completed", "\(reply.text)")
            #expect(reply.json["total"] == ["amount": .string(total), "currency": "USD"])
            #expect(reply.json["total_source"] == .string(source) && reply.money == "spent")
            let events = try await office.call(.get, "/orders/\(order.id)/events", as: .buyer)
            #expect(events.text.contains("in the panel"))
            let again = try await office.call(.post, path, as: .operator, body: body)
            #expect(again.status == 409 && again.code == "not_resolvable" && again.money == "spent")
            #expect(again.action == action.id.text && again.retry == "fix_request")
        }
    }

    @Test func `settles an unknown one as not done, and every repetition says so`() async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let action = try await office.storedAction(on: order, taking: [.dispatched, .lost])
            let reply = try await office.call(
                .post, "/v1/actions/\(action.id)/resolve", as: .operator,
                body: #"{"outcome":"not_done","reason":"ticket 4711","total":null}"#)
            #expect(reply.json["status"] == "failed" && reply.money == "not_spent")
            let again = try await office.change("/orders/\(order.id)/renew", #"{"months":1}"#)
            #expect(again.retry == "new_key" && again.money == "not_spent" && again.action == action.id.text)
        }
    }

    @Test(arguments: [
        ([ActionStep](), "not_spent", "new_key"), ([.dispatched], "maybe_spent", "poll"),
        ([.dispatched, .done], "spent", "fix_request"),
    ])
    func `settles none that is not unknown`(steps: [ActionStep], money: String, retry: String) async throws {
        try await Office.open { office in
            let action = try await office.storedAction(on: try await office.batch(), taking: steps)
            let reply = try await office.call(
                .post, "/actions/\(action.id)/resolve", as: .operator, body: #"{"outcome":"done","reason":"x"}"#)
            #expect(reply.status == 409 && reply.code == "not_resolvable" && reply.money == money)
            #expect(reply.retry == (steps.isEmpty ? "fix_request" : retry))
        }
    }

    @Test(arguments: [
        ("{}", ["/reason required", "/outcome required"]),
        (#"{"outcome":"bought","reason":" "}"#, ["/reason invalid_text", "/outcome invalid_choice"]),
        (#"{"outcome":"not_done","reason":"x","total":"1"}"#, ["/total not_applicable"]),
        (#"{"outcome":"done","reason":"x","total":"x"}"#, ["/total invalid_amount"]),
        (#"{"outcome":"done","reason":"x","status":"completed"}"#, ["/status unknown_field"]),
    ])
    func `has every fault named`(body: String, faults: [String]) async throws {
        try await Office.open { office in
            let action = try await office.storedAction(on: try await office.batch(), taking: [.dispatched, .lost])
            let reply = try await office.call(.post, "/actions/\(action.id)/resolve", as: .operator, body: body)
            #expect(reply.status == 422 && reply.faults == faults)
        }
    }

    @Test func `is for operators, and reading for those who may see the order`() async throws {
        try await Office.open { office in
            let order = try await office.batch()
            let action = try await office.storedAction(on: order, taking: [.dispatched, .lost])
            for role in [Role.buyer, .auditor] {
                let reply = try await office.call(
                    .post, "/actions/\(action.id)/resolve", as: role, body: #"{"outcome":"done","reason":"x"}"#)
                #expect(reply.status == 403)
            }
            for role in Role.allCases {
                #expect(try await office.call(.get, "/actions/\(action.id)", as: role).status == 200)
                #expect(try await office.call(.get, "/orders/\(order.id)/actions", as: role).status == 200)
            }
            let foreign = try await office.call(.get, "/actions/\(action.id)", token: office.stranger)
            let absent = IdentifierSource.examples.next(.action)
            for path in ["/actions/\(absent)", "/actions/act_1", "/actions/\(order.id)"] {
                let reply = try await office.call(.get, path, as: .buyer)
                #expect(reply.status == 404 && reply.json["detail"] == foreign.json["detail"])
            }
            let list = try await office.call(.get, "/orders/\(order.id)/actions", token: office.stranger)
            #expect(foreign.status == 404 && list.status == 404)
            let nothing = try await office.call(
                .post, "/actions/\(absent)/resolve", as: .operator, body: #"{"outcome":"done","reason":"x"}"#)
            #expect(nothing.status == 404)
            let late = try await office.call(.get, "/actions/\(action.id)?wait=61", as: .buyer)
            #expect(late.status == 422 && late.faults == ["wait out_of_range"])
        }
    }
}

import ExactJSON
import Foundation
import OrderedCollections
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Order body` {
    /// An order of which everything is known.
    static func full() throws -> Order {
        let body: JSON = [
            "product": "isp", "country": "USA", "quantity": 5, "days": 30, "max_total": "150",
            "metadata": ["team": "crawl"],
        ]
        var order = Order.example(request: try OrderRequest(json: body))
        order.vendor = "legacy"
        order.vendorOrderNumber = "77"
        order.vendorOrderID = "v-1"
        order.batchID = "bat_1"
        order.total = .usd("120.000001")
        order.totalSource = .quote
        order.routing.candidates = [
            .init(vendor: "helodata", ruledOut: "resting", unused: ["goal"]),
            .init(vendor: "legacy", price: .usd("120"), isChosen: true),
        ]
        var attempt = Attempt.example(vendor: "legacy", vendorKey: "a secret key")
        attempt.outcome = .unknown
        attempt.endedAt = .example
        order.attempts = [attempt]
        var doubt = UnknownOutcome(since: .example, reason: "deadline")
        doubt.findings = ["two fit"]
        order.unknown = doubt
        order.problem = OrderProblem(
            code: .vendorRejected, detail: "no", vendor: VendorStatement(name: "legacy", code: "14", message: nil))
        order.expiresAt = .example
        order.vendorDetails = ["x": [1, "two", JSON.null]]
        order.flags = ["price_unknown"]
        return Order(
            restoring: order, status: .unknown, version: 7, eventCount: 9, updatedAt: .example, settledAt: .example)
    }

    @Test func `tells everything that is known, and nothing of Purser's own`() throws {
        let json = try OrderBody(Self.full()).json
        #expect(json["total"] == ["amount": "120.000001", "currency": "USD"])
        #expect(json["total_source"] == "quote")
        #expect(json["metadata"] == ["team": "crawl"])
        #expect(json["request"]?["metadata"] == nil)
        #expect(json["request"]?["max_total"] == "150.00")
        #expect(json["routing"]?["chosen"] == "legacy")
        #expect(json["unknown"]?["findings"] == ["two fit"])
        #expect(json["error"]?["vendor"]?["code"] == "14")
        #expect(json["created_at"] == "2026-05-28T10:00:00.000Z")
        #expect(json["vendor_details"] == ["x": [1, "two", JSON.null]])
        #expect(!json.text.contains("secret"))
        #expect(Self.faults(json) == [])
    }

    @Test func `leaves nothing out that is not known`() throws {
        let json = try OrderBody(.example(idempotencyKey: nil)).json
        let members = try #require(json.object?.keys.elements)
        #expect(try members == OrderBody(Self.full()).json.object?.keys.elements)
        #expect(json["total"] == .null)
        #expect(json["settled_at"] == .null)
        #expect(Self.faults(json) == [])
    }

    @Test(arguments: OrderStatus.allCases) func `is as the contract says in each state`(status: OrderStatus) throws {
        let json = try OrderBody(Order.example().standing(status)).json
        #expect(json["status"]?.string == status.rawValue)
        #expect(json["money_state"]?.string == status.moneyState.rawValue)
        #expect(Self.faults(json) == [])
    }

    @Test(arguments: Product.allCases) func `is as the contract says for each product`(product: Product) throws {
        #expect(try Self.faults(OrderBody(.example(request: .example(product: product))).json) == [])
    }

    static func faults(_ json: JSON) -> [String] {
        ContractDocument.shared.checker.faults(of: json, against: ["$ref": "#/components/schemas/Order"])
    }
}

extension OrderBody {
    /// The document as a reader takes it.
    var json: JSON {
        get throws { try JSON(parsing: bytes, as: .answer) }
    }
}

import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct `Watching the vendors` {
    @Test func `is for auditors and operators, since it shows the company's balance`() async throws {
        try await Office.open { office in
            for path in ["/vendors", "/vendors/helodata"] {
                for (role, status) in [(Role.buyer, 403), (.auditor, 200), (.operator, 200)] {
                    let reply = try await office.call(.get, path, as: role)
                    #expect(reply.status == status)
                }
            }
        }
    }

    @Test func `shows the account, the health and what is under way`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.accounts = [.success(VendorAccount(balance: .usd("125.40"), kycStatus: "approved"))]
        }
        try await Office.open(vendor: vendor) { office in
            try await office.buy()
            let reply = try await office.call(.get, "/vendors/helodata", as: .operator)
            #expect(reply.json["account"]?["balance"]?["amount"]?.string == "125.40")
            #expect(reply.json["account"]?["kyc_status"]?.string == "approved")
            #expect(reply.json["health"]?["circuit"]?.string == "closed")
            #expect(reply.json["health"]?["failures_in_a_row"]?.int == 0)
            #expect(reply.json["health"]?["answered_at"]?.string != nil)
            #expect(reply.json["purchases_in_flight"]?.int == 0)
            #expect(reply.json["purchases_at_once"]?.int == 32)
            #expect(reply.json["unknown_orders"]?.int == 0)
            #expect(reply.json["products"]?.array?.count == ProductShape.allCases.count)
            let list = try await office.call(.get, "/vendors", as: .operator)
            #expect(list.json["data"]?.array?.map { $0["name"]?.string } == ["helodata"])
        }
    }

    @Test func `shows a vendor that fails, and orders whose outcome is not known`() async throws {
        let vendor = ScriptedVendor.idempotent {
            $0.accounts = [.failure(.unavailable(reason: "connection_refused"))]
        }
        try await Office.open(vendor: vendor) { office in
            let order = try await office.stored(try office.ordered(), taking: [.dispatched, .lost])
            let reply = try await office.call(.get, "/vendors/helodata", as: .operator)
            #expect(reply.json["unknown_orders"]?.int == 1)
            #expect(reply.json["oldest_unknown"]?.string == order.createdAt.rfc3339)
            #expect(reply.json["account"]?["balance"]?.isNull == true)
            #expect(reply.json["account"]?["error"]?.string?.contains("connection_refused") == true)
            #expect(reply.json["health"]?["last_failure"]?["reason"]?.string == "connection_refused")
        }
    }

    @Test func `tells of no vendor that is not there`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/vendors/nobody", as: .operator)
            #expect(reply.code == "not_found")
        }
    }
}

@Suite struct `The catalog` {
    private static func vendor() -> ScriptedVendor {
        .attributable { script in
            script.lists = [
                .success(
                    ReferenceLists(
                        countries: [Country("DE"), Country("US")].compactMap(\.self), rentalDays: [30, 90],
                        mobileOperators: [.init(name: "verizon", country: Country("US"), rotationSeconds: [300])],
                        promoCodes: [.init(code: "SAVE10")]))
            ]
        }
    }

    @Test(arguments: Role.allCases) func `tells what each vendor sells and lists`(role: Role) async throws {
        try await Office.open(vendor: Self.vendor()) { office in
            let reply = try await office.call(.get, "/catalog?product=mobile", as: role)
            #expect(reply.status == 200)
            let rows = try #require(reply.json["data"]?.array)
            #expect(rows.count == 2)
            #expect(rows.allSatisfy { $0["product"]?.string == "mobile" })
            #expect(rows[0]["countries"]?.array?.map(\.string) == ["DE", "US"])
            #expect(rows[0]["rental_days"]?.array?.map(\.int) == [30, 90])
            #expect(rows[0]["mobile_operators"]?.array?.first?["rotation_seconds"]?.array?.map(\.int) == [300])
            #expect(rows[0]["stale"]?.bool == false)
        }
    }

    @Test func `is every product without a filter, and says so when a list cannot be read`() async throws {
        let vendor = ScriptedVendor.attributable { $0.lists = [.failure(.authFailed)] }
        try await Office.open(vendor: vendor) { office in
            let rows = try #require(try await office.call(.get, "/catalog", as: .buyer).json["data"]?.array)
            #expect(rows.count == ProductShape.allCases.count)
            #expect(rows.allSatisfy { $0["countries"]?.isNull == true && $0["error"]?.string != nil })
        }
    }

    @Test func `names every parameter that it cannot take`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/catalog?vendor=nobody&product=isps", as: .buyer)
            #expect(reply.status == 422)
            #expect(reply.faults == ["vendor unknown_vendor", "product unknown_product"])
        }
    }
}

import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct Access {
    struct Case: CustomTestStringConvertible {
        let route: Int
        let role: Role?

        var testDescription: String {
            let route = RouteTable.routes[route]
            return "\(route.method.rawValue) \(route.path) by \(role?.rawValue ?? "nobody")"
        }
    }

    static let cases = RouteTable.routes.indices.flatMap { index in
        ([nil] + Role.allCases).map { Case(route: index, role: $0) }
    }

    /// An instance of a route's path.
    static func target(_ route: Route) -> String {
        route.path.replacing("/orders/{id}", with: "/orders/\(IdentifierSource.examples.next(.order))")
            .replacing("/webhooks/{id}", with: "/webhooks/\(IdentifierSource.examples.next(.webhook))")
            .replacing("/keys/{id}", with: "/keys/\(IdentifierSource.examples.next(.key))")
            .replacing("{code}", with: "not_found")
    }

    @Test(arguments: cases) func `a route is open to its roles alone`(subject: Case) async throws {
        let route = RouteTable.routes[subject.route]
        let status = try await Office.open { office in
            let token = subject.role.flatMap { office.tokens[$0] }
            return try await office.call(route.method, Self.target(route), token: token).status
        }
        switch (route.isLocal, route.access.roles, subject.role) {
        case (true, _, _): #expect(status == 404)
        case (_, nil, _): #expect(status != 401 && status != 403)
        case (_, _?, nil): #expect(status == 401)
        case (_, let roles?, let role?): #expect((status == 403) == !roles.contains(role))
        }
    }

    @Test(arguments: RouteTable.routes.indices)
    func `the local socket is an operator's`(index: Int) async throws {
        let route = RouteTable.routes[index]
        let status = try await Office.open(.local) { office in
            try await office.call(route.method, Self.target(route)).status
        }
        #expect(status != 401 && status != 403)
    }

    @Test func `whoever opens the local socket is named in the timeline`() async throws {
        try await Office.open(.local) { office in
            let order = try await office.stored(try office.ordered())
            try await office.call(.post, "/orders/\(order.id)/cancel")
            let events = try await office.call(.get, "/orders/\(order.id)/events").json["data"]?.array
            #expect(events?.last?["actor"] == ["kind": "operator", "name": "local"])
        }
    }

    /// Every way in which a key can be wrong.
    static let wrongKeys: [String] = [
        "", "Bearer", "Bearer ", "Bearer  ", "Basic Y3Jhd2xlcjpr", "Bearer pk_", "Bearer not-a-key", "pk_x",
        "Bearer pk_01K7C0X4Z0M3T5A8QH2B6NDEFG_" + String(repeating: "A", count: 43),
        "Bearer pk_01K7C0X4Z0M3T5A8QH2B6NDEFG_" + String(repeating: "A", count: 44),
        "Bearer pk_01k7c0x4z0m3t5a8qh2b6ndefg_" + String(repeating: "A", count: 43),
    ]

    @Test func `every wrong key is answered alike`() async throws {
        try await Office.open { office in
            let id: HTTPFields = [.requestID: "same"]
            let missing = try await office.call(.get, "/orders", headers: id)
            #expect(missing.status == 401)
            #expect(missing.headers[.wwwAuthenticate] == "Bearer")
            for value in Self.wrongKeys {
                var headers = id
                headers[.authorization] = value
                #expect(try await office.call(.get, "/orders", headers: headers).text == missing.text, "\(value)")
            }
            let good = try #require(office.tokens[.buyer])
            let near = String(good.dropLast()) + (good.hasSuffix("A") ? "B" : "A")
            #expect(try await office.call(.get, "/orders", token: near, headers: id).text == missing.text)
            let inQuery = try await office.call(.get, "/orders?access_token=\(good)", headers: id)
            #expect(inQuery.text == missing.text)
        }
    }

    @Test func `two keys are no key`() async throws {
        try await Office.open { office in
            let good = try #require(office.tokens[.buyer])
            var headers = HTTPFields()
            headers.append(HTTPField(name: .authorization, value: "Bearer \(good)"))
            headers.append(HTTPField(name: .authorization, value: "Bearer \(good)"))
            let reply = try await office.call(.get, "/orders", headers: headers)
            #expect(reply.status == 401)
        }
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER"]) func `the scheme's case does not matter`(scheme: String)
        async throws
    {
        try await Office.open { office in
            let headers: HTTPFields = [.authorization: "\(scheme) \(try #require(office.tokens[.buyer]))"]
            let reply = try await office.call(.get, "/orders", headers: headers)
            #expect(reply.status == 200)
        }
    }

    @Test func `a revoked key opens nothing`() async throws {
        try await Office.open { office in
            let key = try #require(office.keys.list().first { $0.role == .auditor })
            #expect(try await office.call(.get, "/orders", as: .auditor).status == 200)
            _ = try await office.keys.revoke(key.id)
            #expect(try await office.call(.get, "/orders", as: .auditor).status == 401)
        }
    }

    @Test func `too many wrong keys are told to pause, and a good one is let in all the same`() async throws {
        try await Office.open { office in
            for _ in 1...FailureLimiter.allowance {
                #expect(try await office.call(.get, "/orders", token: "wrong").status == 401)
            }
            office.clock.advance(by: .seconds(15))
            let limited = try await office.call(.get, "/orders", token: "wrong")
            #expect(limited.status == 429)
            #expect(limited.headers[.retryAfter] == "45")
            #expect(limited.retry == "wait")
            #expect(try await office.call(.get, "/orders", as: .buyer).status == 200)
            office.clock.advance(by: .seconds(45))
            #expect(try await office.call(.get, "/orders", token: "wrong").status == 401)
        }
    }
}

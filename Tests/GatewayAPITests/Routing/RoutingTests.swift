import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct Routing {
    @Test(arguments: [
        "/", "", "//orders", "/orders/", "/Orders", "/ORDERS", "/%6frders", "/orders/../orders", "/v1", "/v1/",
        "/v1/v1/orders", "/v2/orders", "/V1/orders", "/v1//orders", "/order", "/orders/x/y/z", "/orders//events",
        "/.", "/metrics/../healthz", "/healthz/", "/orders;x=1",
    ])
    func `finds nothing at a path that is almost one of ours`(path: String) async throws {
        try await Office.open { office in
            for method in [HTTPRequest.Method.get, .post, .options] {
                let reply = try await office.call(method, path, as: .operator)
                #expect(reply.status == 404)
                #expect(reply.code == "not_found")
                #expect(reply.headers[.requestID] != nil)
            }
        }
    }

    @Test(arguments: [
        ("/orders", "GET, HEAD, POST"), ("/v1/orders", "GET, HEAD, POST"), ("/orders/x", "GET, HEAD"),
        ("/orders/x/cancel", "POST"), ("/healthz", "GET, HEAD"), ("/problems/x", "GET, HEAD"),
    ])
    func `names the methods of a path`(path: String, allow: String) async throws {
        try await Office.open { office in
            for method in ["OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "BREW", "get"] {
                let reply = try await office.call(try #require(HTTPRequest.Method(method)), path)
                #expect(reply.status == 405)
                #expect(reply.code == "method_not_allowed")
                #expect(reply.headers[.allow] == allow)
            }
        }
    }

    @Test func `serves no HEAD where there is no GET`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.head, "/orders/x/cancel")
            #expect(reply.status == 405)
            #expect(reply.headers[.allow] == "POST")
            #expect(reply.text.isEmpty)
        }
    }

    @Test(arguments: RouteTable.routes.indices) func `finds each route at the root and under v1`(index: Int) throws {
        let route = RouteTable.routes[index]
        let path = route.path.replacing("{id}", with: "x").replacing("{code}", with: "y")
        for base in ["", "/v1"] {
            let match = try #require(RouteTable(isLocal: true).match(Substring(base + path)))
            #expect(match.base == base)
            #expect(match.resource.routes[route.method]?.path == route.path)
        }
    }

    @Test func `has no route twice`() {
        let names = RouteTable.routes.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: ["a", "~", String(repeating: "x", count: 128), "\"\\<>"])
    func `keeps a caller's request id`(id: String) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/nothing", headers: [.requestID: id])
            #expect(reply.headers[.requestID] == id)
            #expect(reply.json["request_id"]?.string == id)
        }
    }

    @Test(arguments: ["", "a b", "ä", String(repeating: "x", count: 129)])
    func `replaces a request id that cannot be kept`(id: String) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/nothing", headers: [.requestID: id])
            let made = try #require(reply.headers[.requestID])
            #expect(Identifier(made, kind: .request) != nil)
            #expect(reply.json["request_id"]?.string == made)
        }
    }

    @Test(arguments: ["/healthz?x=1", "/openapi.yaml?x", "/problems/not_found?a=b"])
    func `takes no parameter that a route does not know`(target: String) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, target)
            #expect(reply.status == 422)
            #expect(reply.code == "invalid_request")
        }
    }

    @Test func `tells a name that it does not know only in part`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/healthz?" + String(repeating: "a", count: 5000))
            #expect(reply.text.utf8.count < 1000)
        }
    }
}

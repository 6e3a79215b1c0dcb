import ExactJSON
import Foundation
import HTTPTypes
import OrderedCollections
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct Contract {
    static let document = ContractDocument.shared

    static func name(_ route: Route) -> String { "\(route.method.rawValue) \(route.path)" }

    @Test func `is built in as it is written`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let written = try String(contentsOf: root.appending(path: "openapi/openapi.yaml"), encoding: .utf8)
        #expect(OpenAPIDocument.text == written, "run scripts/embed-openapi")
    }

    @Test func `has the routes of the code and no others`() {
        let written = Self.document.paths.flatMap { path, operations in
            (operations.object ?? [:]).keys.filter { $0 != "servers" }.map { "\($0.uppercased()) \(path)" }
        }
        #expect(Set(written) == Set(RouteTable.routes.map(Self.name)))
        #expect(written.count == RouteTable.routes.count)
    }

    @Test(arguments: RouteTable.routes.indices)
    func `has a route's statuses and media types`(index: Int) throws {
        let route = RouteTable.routes[index]
        let operation = try #require(Self.document.operation(route.method, route.path))
        var coded: [Int: Set<String>] = [:]
        for reply in route.replies { coded[reply.status.code, default: []].formUnion(reply.media.map(\.rawValue)) }
        for problem in route.problems {
            coded[problem.kind.status.code, default: []].insert(MediaType.problem.rawValue)
        }
        var written: [Int: Set<String>] = [:]
        for (status, response) in operation["responses"]?.object ?? [:] {
            let content = Self.document.checker.resolved(response)["content"]?.object ?? [:]
            written[try #require(Int(status))] = Set(content.keys)
        }
        #expect(written == coded, "\(Self.name(route))")
    }

    @Test(arguments: RouteTable.routes.indices)
    func `shows each problem of a route, under its status`(index: Int) throws {
        let route = RouteTable.routes[index]
        let operation = try #require(Self.document.operation(route.method, route.path))
        let coded = Dictionary(grouping: route.problems, by: \.kind.status.code).mapValues { Set($0.map(\.rawValue)) }
        for (status, codes) in coded {
            let response = try #require(Self.document.response(operation, status))
            let examples = response["content"]?[MediaType.problem.rawValue]?["examples"]?.object ?? [:]
            #expect(Set(examples.keys) == codes, "\(Self.name(route)) \(status)")
        }
    }

    @Test(arguments: RouteTable.routes.indices)
    func `says who may call a route, and with which parameters`(index: Int) throws {
        let route = RouteTable.routes[index]
        let operation = try #require(Self.document.operation(route.method, route.path))
        let parameters = (operation["parameters"]?.array ?? []).map(Self.document.checker.resolved)
        let named = { (place: JSON) in Set(parameters.filter { $0["in"] == place }.compactMap { $0["name"]?.string }) }
        #expect(named("query") == route.query)
        let inPath = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        #expect(named("path") == Set(inPath.map(String.init)))
        let roles = operation["x-purser-roles"]?.array.map { Set($0.compactMap(\.string)) }
        #expect(roles == route.access.roles.map { Set($0.map(\.rawValue)) })
        #expect((operation["security"] == .array([])) == (route.access.roles == nil))
        #expect((operation["x-purser-local"] == true) == route.isLocal)
    }

    @Test func `has the version that the program tells`() throws {
        #expect(Self.document.json["info"]?["version"]?.string == HTTPContract.builtInVersion)
        #expect(!HTTPContract.builtInVersion.isEmpty)
    }

    @Test func `has the words of the code`() throws {
        #expect(try Self.document.choices("ProblemCode") == ProblemCode.allCases.map(\.rawValue))
        #expect(try Self.document.choices("Status") == OrderStatus.allCases.map(\.rawValue))
        #expect(try Self.document.choices("Product") == Product.allCases.map(\.rawValue))
        #expect(try Self.document.choices("Role") == Role.allCases.map(\.rawValue))
        let retry = try Self.document.schema("Problem")["properties"]?["retry_action"]?["enum"]?.array
        #expect(retry?.compactMap(\.string) == RetryAction.allCases.map(\.rawValue))
        let states = OrderStatus.allCases.map { OrderEvent.Kind.state($0).text }
        let types = try Self.document.choices("EventType")
        #expect(types.filter { $0.hasPrefix("order.") } == states)
        #expect(try Self.document.schema("Event")["properties"]?["type"]?["$ref"] == "#/components/schemas/EventType")
        #expect(try Self.document.choices("ActionStatus") == ActionStatus.allCases.map(\.rawValue))
        #expect(try Self.document.choices("ActionKind") == ActionKind.allCases.map(\.rawValue))
        let steps = ActionStatus.allCases.map { OrderEvent.Kind.action($0).text }
        #expect(types.filter { $0.hasPrefix("action.") } == steps)
        #expect(
            Set(types) == Set(OrderEvent.Kind.allCases.map(\.text)) && types.count == OrderEvent.Kind.allCases.count)
    }

    /// What webhooks are sent, as the code writes it.
    @Test func `has what a webhook is sent`() throws {
        let operation = try #require(Self.document.json["webhooks"]?["event"]?["post"])
        let names = operation["parameters"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        let media = try #require(operation["requestBody"]?["content"]?["application/json"])
        let schema = try #require(media["schema"])
        for (name, example) in media["examples"]?.object ?? [:] {
            let value = try #require(example["value"])
            #expect(Self.document.checker.faults(of: value, against: schema) == [], "\(name)")
        }
        for kind in OrderEvent.Kind.allCases {
            let ids = IdentifierSource.examples
            let event = OrderEvent(
                id: ids.next(.event), orderID: ids.next(.order), number: 1, type: kind, state: .completed,
                previous: nil,
                cause: "a", actor: .purser, requestID: nil, at: .example, data: .object([]))
            let sent = try JSON(parsing: String(decoding: event.webhookBody, as: UTF8.self))
            #expect(Self.document.checker.faults(of: sent, against: schema) == [], "\(kind.text)")
        }
    }

    @Test func `has examples that its own schemas allow`() throws {
        var checked = 0
        try Self.eachMedia { media in
            let schema = try #require(media["schema"])
            for (name, example) in media["examples"]?.object ?? [:] {
                let value = try #require(Self.document.checker.resolved(example)["value"])
                #expect(Self.document.checker.faults(of: value, against: schema) == [], "\(name)")
                checked += 1
            }
        }
        #expect(checked > 100)
    }

    @Test func `has actions that Purser reads`() throws {
        let readers: [String: (JSON) throws -> ActionRequest] = [
            "/orders/{id}/renew": { try .renewal(in: $0) }, "/orders/{id}/auto-renew": { try .autoRenewal(in: $0) },
            "/isp/batches/{id}/whitelist": { try .allowance(in: $0) },
            "/isp/ips/{ip_id}/replace": { try Replacement(of: "ip_1", in: $0).request },
        ]
        for (path, read) in readers {
            let operation = try #require(Self.document.operation(.post, path))
            let examples = operation["requestBody"]?["content"]?["application/json"]?["examples"]?.object ?? [:]
            #expect(!examples.isEmpty)
            for example in examples.values {
                let request = try read(try #require(Self.document.checker.resolved(example)["value"]))
                let faults = Self.document.checker.faults(
                    of: request.json, against: ["$ref": "#/components/schemas/NormalAction"])
                #expect(faults == [])
            }
        }
    }

    @Test func `uses every example`() throws {
        var used: Set<String> = []
        try Self.eachMedia { media in
            for (_, example) in media["examples"]?.object ?? [:] {
                used.insert(String(example["$ref"]?.string?.split(separator: "/").last ?? ""))
            }
        }
        let written = Set(Self.document.json["components"]?["examples"]?.object?.keys.elements ?? [])
        #expect(written.subtracting(used) == ["method_not_allowed"])
    }

    @Test func `has an order for each product, and Purser reads it`() throws {
        let operation = try #require(Self.document.operation(.post, "/orders"))
        let examples = operation["requestBody"]?["content"]?["application/json"]?["examples"]?.object ?? [:]
        let requests = try examples.values.map { example in
            try OrderRequest(json: try #require(Self.document.checker.resolved(example)["value"]))
        }
        #expect(Set(requests.map(\.shape)) == Set(ProductShape.allCases))
    }

    @Test(arguments: ProblemCode.allCases)
    func `shows each problem exactly as Purser writes it`(code: ProblemCode) throws {
        let example = try #require(Self.document.json["components"]?["examples"]?[code.rawValue]?["value"])
        #expect(try Self.rewritten(example, code) == example)
    }

    /// A problem with the facts of an example, as Purser writes it.
    private static func rewritten(_ example: JSON, _ code: ProblemCode) throws -> JSON {
        let faults = (example["errors"]?.array ?? []).map { fault in
            let place: Fault.Place =
                fault["pointer"]?.string.map { .pointer($0) } ?? fault["parameter"]?.string.map { .parameter($0) }
                ?? .vendor(fault["vendor"]?.string ?? "")
            return Fault(place, fault["code"]?.string ?? "", fault["detail"]?.string ?? "")
        }
        let vendor = example["vendor"].map {
            VendorStatement(name: $0["name"]?.string ?? "", code: $0["code"]?.string, message: $0["message"]?.string)
        }
        var problem = Problem(
            code, example["detail"]?.string ?? "",
            moneyState: try #require(example["money_state"]?.string.flatMap(MoneyState.init)),
            orderID: example["order_id"]?.string.flatMap { OrderID($0, kind: .order) }, vendor: vendor, faults: faults)
        problem.actionID = example["action_id"]?.string.flatMap { ActionID($0, kind: .action) }
        return ProblemBody(problem, requestID: example["request_id"]?.string ?? "").json
    }

    /// Every media type of every request and answer.
    private static func eachMedia(_ visit: (JSON) throws -> Void) throws {
        for route in RouteTable.routes {
            let operation = try #require(document.operation(route.method, route.path))
            let bodies = [operation["requestBody"]].compactMap(\.self)
            let responses = (operation["responses"]?.object ?? [:]).values.map(document.checker.resolved)
            for body in bodies + responses { try (body["content"]?.object ?? [:]).values.forEach(visit) }
        }
    }
}

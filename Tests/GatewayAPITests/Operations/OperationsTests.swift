import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct Operations {
    @Test func `say that the process lives`() async throws {
        try await Office.open {
            $0.version = "1.2.3"
        } _: { office in
            let reply = try await office.call(.get, "/healthz")
            #expect(reply.json == ["status": "ok", "version": "1.2.3"])
        }
    }

    @Test func `say that orders are taken`() async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/readyz")
            #expect(reply.status == 200)
            #expect(reply.json["status"] == "ready")
        }
    }

    @Test func `name what stands against taking orders`() async throws {
        try await Office.open { office in
            await office.store.fail(with: .unavailable("no space left in /secret"))
            let reply = try await office.call(.get, "/readyz")
            #expect(reply.status == 503)
            #expect(reply.headers[.contentType] == "application/json")
            #expect(reply.json["status"] == "not_ready")
            #expect(
                reply.json["checks"]?.array?.last
                    == ["name": "store_writes", "status": "failing", "detail": "the store cannot write now"])
            #expect(!reply.text.contains("secret"))
            let health = try await office.call(.get, "/healthz")
            #expect(health.status == 200)
        }
    }

    @Test func `serve the contract, and nothing when the caller has it`() async throws {
        try await Office.open { office in
            for (path, type) in [
                ("/openapi.yaml", "application/yaml"), ("/v1/openapi.json", "application/json"),
                ("/docs", "text/html; charset=utf-8"),
            ] {
                let reply = try await office.call(.get, path)
                #expect(reply.headers[.contentType] == type)
                let tag = try #require(reply.headers[.eTag])
                let again = try await office.call(.get, path, headers: [.ifNoneMatch: tag])
                #expect(again.status == 304)
            }
            let yaml = try await office.call(.get, "/openapi.yaml")
            #expect(yaml.text == OpenAPIDocument.text)
            let json = try await office.call(.get, "/openapi.json")
            #expect(json.json == ContractDocument.shared.json)
        }
    }

    @Test func `show the contract as a page that tells of every route and fetches nothing`() async throws {
        try await Office.open { office in
            let page = try await office.call(.get, "/docs").text
            for route in RouteTable.routes where !route.isLocal {
                #expect(page.contains("<code>\(route.method.rawValue) \(route.path)</code>"), "\(route.path)")
            }
            for code in ProblemCode.allCases { #expect(page.contains(code.rawValue)) }
            #expect(page.contains("href=\"#schema-OrderRequest\""))
            #expect(page.contains("id=\"schema-OrderRequest\""))
            for fetching in ["<script", "<link", "<img", "src=", "@import", "url("] {
                #expect(!page.contains(fetching))
            }
            for link in page.matches(of: #/href="#([^"]*)"/#) {
                #expect(page.contains("id=\"\(link.output.1)\""), "\(link.output.1)")
            }
            // Each element that is opened is closed.
            for name in ["details", "summary", "table", "div", "pre", "code", "p"] {
                let opened = page.matches(of: try Regex("<\(name)[ >]")).count
                #expect(opened == page.matches(of: try Regex("</\(name)>")).count, "\(name)")
            }
        }
    }
}

import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct HeloDataWhitelistTests {
    @Test(arguments: [
        "203.0.113.7", "203.0.113.0/24", "203.0.113.7/32", "2001:db8::1", "2001:db8::/64", "2001:db8::1/128",
    ])
    func `an address or a range goes onto the list and off it`(ip: String) async throws {
        try await withSandbox { sandbox in
            let path = "isp/batches/\(try await sandbox.batch())/whitelist"
            #expect(try await sandbox.heloData(.GET, path).text == #"{"data":[],"next_cursor":null}"#)
            let added = try await sandbox.heloData(.POST, path, ["ip": .string(ip), "label": "office"])
            let id = try #require(added.json["id"]?.string)
            #expect(added.status == 201)
            #expect(
                added.text == #"{"id":"\#(id)","ip":"\#(ip)","label":"office","created_at":"2026-05-28T10:00:00Z"}"#)
            #expect(try await sandbox.heloData(.GET, path).json["data"] == [added.json])
            let removed = try await sandbox.heloData(.DELETE, "\(path)/\(id)")
            #expect(removed.status == 204)
            #expect(removed.text == "")
            #expect(try await sandbox.heloData(.GET, path).json["data"] == [])
            #expect(try await sandbox.heloData(.DELETE, "\(path)/\(id)").status == 404)
            #expect(sandbox.vendors.heloData.books.changes.map(\.kind) == [.whitelistAdd, .whitelistRemove])
            #expect(sandbox.vendors.heloData.books.changes.map(\.items) == [[id], [id]])
        }
    }

    @Test(arguments: [
        "203.0.113.0/23", "0.0.0.0/0", "203.0.113.7/33", "203.0.113.7/", "203.0.113.7/-1", "203.0.113.7/024x",
        "2001:db8::/63", "2001:db8::/129", "203.0.113", "host.example", "", "/24", "203.0.113.0/24/24",
    ])
    func `what is no address, or too wide a range, is refused`(ip: String) async throws {
        try await withSandbox { sandbox in
            let path = "isp/batches/\(try await sandbox.batch())/whitelist"
            let reply = try await sandbox.heloData(.POST, path, ["ip": .string(ip)])
            #expect(reply.status == 400)
            #expect(reply.json["code"]?.string == "invalid_request")
            #expect(try await sandbox.heloData(.GET, path).json["data"] == [])
        }
    }

    @Test(arguments: [SandboxJSON.object([]), ["ip": 7], ["ip": "203.0.113.7", "label": 7]])
    func `a body without good words is refused`(body: SandboxJSON) async throws {
        try await withSandbox { sandbox in
            let path = "isp/batches/\(try await sandbox.batch())/whitelist"
            #expect(try await sandbox.heloData(.POST, path, body).status == 400)
        }
    }

    @Test func `the list holds fifty, each once, and each batch has its own`() async throws {
        try await withSandbox { sandbox in
            let path = "isp/batches/\(try await sandbox.batch())/whitelist"
            let other = "isp/batches/\(try await sandbox.batch())/whitelist"
            for number in 1...50 {
                #expect(try await sandbox.heloData(.POST, path, ["ip": .string("203.0.113.\(number)")]).status == 201)
            }
            let full = try await sandbox.heloData(.POST, path, ["ip": "203.0.113.51"])
            #expect(full.status == 422)
            #expect(full.json["code"]?.string == "whitelist_limit_reached")
            let twice = try await sandbox.heloData(.POST, path, ["ip": "203.0.113.50"])
            #expect(twice.status == 409)
            #expect(twice.json["code"]?.string == "whitelist_duplicate")
            #expect(try await sandbox.heloData(.POST, other, ["ip": "203.0.113.50"]).status == 201)
        }
    }
}

import NIOHTTP1
import Testing
import VendorSandbox

extension SandboxFixture {
    /// Moves both vendors' clocks by days.
    func pass(days: Int64) {
        clock.advance(milliseconds: days * 86_400_000)
    }

    /// Buys a batch.
    func batch(_ body: SandboxJSON = .isp) async throws -> String {
        try #require(try await heloData(.POST, "orders", body).json["details"]?["batch_id"]?.string)
    }

    /// The addresses of a batch, as the JSON list has them.
    func ips(of batch: String) async throws -> [SandboxJSON] {
        try #require(try await heloData(.GET, "isp/batches/\(batch)/ips?format=json").json.elements)
    }

    /// The ids of a batch's addresses.
    func ipIDs(of batch: String) async throws -> [String] {
        try await ips(of: batch).compactMap { $0["id"]?.string }
    }

    /// The groups of a type in the legacy list.
    func groups(_ type: String = "IPv4") async throws -> [SandboxJSON] {
        try #require(try await legacy(.GET, "ipAddress?proxyType=\(type)").json[type]?.elements)
    }

    /// Buys legacy goods: the `orderId` and the ids of the addresses.
    func legacyGoods(_ body: SandboxJSON = .ipv4) async throws -> (order: String, addresses: [String]) {
        let type = try #require(body["proxyType"]?.string)
        let known = try await groups(type).count
        #expect(try await legacy(.POST, "order", body).json["success"]?.bool == true)
        let group = try #require(try await groups(type).dropFirst(known).first)
        let addresses = group["ipAddresses"]?.elements?.compactMap { $0["ipAddressId"]?.string }
        return (try #require(group["orderId"]?.string), try #require(addresses))
    }
}

extension [String] {
    var json: SandboxJSON { .array(map(SandboxJSON.string)) }
}

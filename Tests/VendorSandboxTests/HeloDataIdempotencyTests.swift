import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct HeloDataIdempotencyTests {
    @Test func `the same key and body give the stored answer and one sale`() async throws {
        try await withSandbox { sandbox in
            let first = try await sandbox.heloData(.POST, "orders", .isp, key: "one")
            let second = try await sandbox.heloData(.POST, "orders", .isp, key: "one")
            #expect(second.status == 201)
            #expect(second.text == first.text)
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }

    @Test func `the same key with another body gives a conflict`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            let second = try await sandbox.heloData(.POST, "orders", .residential.with(["gb": 51]), key: "one")
            #expect(second.status == 409)
            #expect(second.json["code"]?.string == "idempotency_key_reused")
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }

    @Test func `a refusal is not stored`() async throws {
        try await withSandbox(.with { $0.heloData.balance = .zero }) { sandbox in
            let first = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            sandbox.vendors.heloData.topUp(.cents(225_00))
            let second = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            #expect(first.status == 409)
            #expect(second.status == 201)
            #expect(sandbox.vendors.heloData.books.balance == .zero)
        }
    }

    @Test(arguments: [
        (HeloDataSandboxSettings.Idempotency.honour, 201, 1, nil), (.ignore, 409, 1, "insufficient_balance"),
        (.balanceFirst, 409, 1, "insufficient_balance"),
    ])
    func `a resend after the last dollar meets each way with keys`(
        way: HeloDataSandboxSettings.Idempotency, status: Int, sales: Int, code: String?
    ) async throws {
        try await withSandbox(
            .with {
                $0.heloData.idempotency = way
                $0.heloData.balance = .cents(225_00)
            }
        ) { sandbox in
            _ = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            let second = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            #expect(second.status == status)
            #expect(second.json["code"]?.string == code)
            #expect(sandbox.vendors.heloData.books.sold.count == sales)
        }
    }

    @Test func `a vendor that ignores keys buys again`() async throws {
        try await withSandbox(.with { $0.heloData.idempotency = .ignore }) { sandbox in
            _ = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            _ = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            #expect(sandbox.vendors.heloData.books.sold.map(\.idempotencyKey) == ["one", "one"])
        }
    }

    @Test func `many equal requests at once are one sale`() async throws {
        try await withSandbox { sandbox in
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await sandbox.heloData(.POST, "orders", .isp, key: "one").text }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts.count == 1)
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }
}

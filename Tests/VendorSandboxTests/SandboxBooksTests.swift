import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct SandboxBooksTests {
    @Test func `a sale is received, charged and answered, in that order`() async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.heloData(.POST, "orders", .isp, key: "one")
            let books = sandbox.vendors.heloData.books
            let sale = try #require(books.sold.first)
            #expect(books.entries.map(\.event) == [.received, .charged, .answered])
            #expect(books.entries.map(\.sequence) == [1, 2, 3])
            #expect(books.entries.map(\.exchange) == [nil, 1, 1])
            #expect(books.entries.first?.idempotencyKey == "one")
            #expect(books.entries.last?.status == 201)
            #expect(sale.order == reply.json["id"]?.string)
            #expect(sale.batchID == reply.json["details"]?["batch_id"]?.string)
            #expect(sale.connection == books.entries.first?.connection)
            #expect(sale.bodyDigest?.count == 64)
            #expect(sale.balance == books.balance)
            #expect(sale.time == "2026-05-28T10:00:00.000+00:00")
        }
    }

    @Test func `the digest is the body's SHA-256`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.send(.POST, "\(sandbox.ports.legacyURL)/client/api/v1/x/order", "abc")
            let digest = sandbox.vendors.legacy.books.entries.first?.bodyDigest
            #expect(digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        }
    }

    @Test func `each vendor serves its own books over HTTP`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.heloData(.POST, "orders", .residential, key: "one")
            _ = try await sandbox.legacy(.POST, "order", .ipv4)
            let heloData = try await sandbox.control(.GET, "books").json
            let legacy = try await sandbox.control(.GET, "books", port: sandbox.ports.legacy).json
            #expect(heloData["balance"]?.string == "775.00")
            #expect(heloData["sold"]?[0]?["gb"]?.string == "50")
            #expect(heloData["sold"]?[0]?["idempotency_key"]?.string == "one")
            #expect(heloData["sold"]?[0]?["vendor"]?.string == "HeloData")
            #expect(legacy["balance"]?.string == "997.38")
            #expect(legacy["sold"]?[0]?["days"]?.integer == 30)
            #expect(legacy["sold"]?[0]?["price"]?.string == "2.62")
            #expect(legacy["sold"]?[0]?["order_id"]?.string != nil)
            #expect(legacy["entries"]?.elements?.map { $0["event"]?.string } == ["received", "charged", "answered"])
            #expect(try await sandbox.control(.GET, "books?after=2").json["entries"]?.elements?.count == 1)
        }
    }

    @Test func `what others do on the account moves the balance and is told apart`() async throws {
        try await withSandbox { sandbox in
            let port = sandbox.ports.legacy
            let sale = try await sandbox.control(.POST, "sales", .ipv4, port: port)
            #expect(sale.json["success"]?.bool == true)
            _ = try await sandbox.control(.POST, "sales", .ipv4.with(["charge": false]), port: port)
            let balance = try await sandbox.control(.POST, "top-up", ["amount": "50.00"], port: port)
            #expect(balance.text == #"{"balance":"1047.38"}"#)
            _ = try await sandbox.control(.POST, "top-up", ["amount": .number("-0.38")], port: port)
            _ = try await sandbox.control(.PATCH, "settings", ["balance": "-3.00"], port: port)
            let books = sandbox.vendors.legacy.books
            #expect(books.balance == .cents(-300))
            #expect(books.balance == books.reckonedBalance)
            #expect(books.sold.map(\.exchange) == [nil, nil])
            #expect(books.sold.map(\.charged) == [true, false])
            #expect(books.entries.map(\.event) == [.charged, .charged, .toppedUp, .toppedUp, .adjusted])
            #expect(try await sandbox.legacy(.GET, "ipAddress").json["IPv4"]?.elements?.count == 2)
        }
    }

    @Test func `money that comes back for an order moves the balance, and its batch says so`() async throws {
        try await withSandbox { sandbox in
            let order = try await sandbox.heloData(.POST, "orders", .isp, key: "one").json
            let id = try #require(order["id"]?.string)
            let refund: SandboxJSON = ["order": .string(id), "amount": "1.50", "state": "refunded"]
            #expect(try await sandbox.control(.POST, "refunds", refund).status == 200)
            let books = sandbox.vendors.heloData.books
            #expect(books.balance == books.reckonedBalance && books.entries.last?.amount == .cents(150))
            #expect(books.entries.last?.event == .refunded && books.sold.count == 1)
            let batch = try await sandbox.heloData(.GET, "isp/batches").json["data"]?[0]
            #expect(batch?["status"]?.string == "refunded")
            let stranger = try await sandbox.control(.POST, "refunds", ["order": "ord_none", "amount": "1.50"])
            #expect(stranger.status == 400)
            let port = sandbox.ports.legacy
            let number = try #require(try await sandbox.legacy(.POST, "order", .ipv4).json["orderNumber"]?.string)
            let back: SandboxJSON = ["order": .string(number), "amount": "0.62"]
            #expect(try await sandbox.control(.POST, "refunds", back, port: port).json["balance"]?.string == "998.00")
            let stated = try await sandbox.control(.POST, "refunds", back.with(["state": "refunded"]), port: port)
            #expect(stated.status == 400)
        }
    }

    @Test func `a sale by hand at HeloData makes a batch`() async throws {
        try await withSandbox { sandbox in
            let answer = sandbox.vendors.heloData.sellByHand(.isp, charged: false)
            let listed = try await sandbox.heloData(.GET, "isp/batches").json["data"]
            #expect(listed?[0]?["id"] == answer["details"]?["batch_id"])
            #expect(sandbox.vendors.heloData.books.balance == .cents(1000_00))
            #expect(sandbox.vendors.heloData.sellByHand(["product": "x"])["code"] == "invalid_request")
        }
    }

    @Test func `changes have rows of their own, and charges say what they were for`() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1], key: "one")
            _ = try await sandbox.heloData(.POST, "isp/batches/\(id)/refresh")
            let json = try await sandbox.control(.GET, "books").json
            #expect(json["sold"]?.elements?.map { $0["kind"]?.string } == ["order", "renewal"])
            #expect(json["sold"]?.elements?.map { $0["by"]?.string } == ["api", "api"])
            #expect(json["sold"]?[1]?["batch_id"]?.string == id)
            let renewal = try #require(json["changes"]?[0])
            #expect(
                renewal.members?.map(\.name) == [
                    "sequence", "time", "vendor", "exchange", "by", "kind", "batch_id", "count", "expires_at", "price",
                    "idempotency_key", "connection",
                ])
            #expect(renewal["kind"]?.string == "renew")
            #expect(renewal["count"]?.integer == 20)
            #expect(renewal["expires_at"]?.string == "2026-07-28T10:00:00.000+00:00")
            #expect(renewal["price"]?.string == "120.00")
            #expect(renewal["idempotency_key"]?.string == "one")
            #expect(json["changes"]?[1]?["kind"]?.string == "refresh")
            #expect(json["changes"]?[1]?["price"]?.string == "0.00")
            let sequence = try #require(renewal["sequence"]?.integer)
            #expect(json["entries"]?[sequence - 1]?["change"] == renewal)
            #expect(json["balance"]?.string == "760.00")
            let later = try await sandbox.control(.GET, "books?after=\(sequence)").json
            #expect(later["changes"]?.elements?.count == 1)
            #expect(later["sold"] == [])
        }
    }

    @Test(arguments: [#"{"amount":"1e3"}"#, #"{"amount":null}"#, "{}", "[]", "x"])
    func `an amount that is not one is refused`(text: String) async throws {
        try await withSandbox { sandbox in
            let url = "http://127.0.0.1:\(sandbox.ports.heloData)/sandbox/top-up"
            let reply = try await sandbox.send(.POST, url, text)
            #expect(reply.status == 400)
            #expect(sandbox.vendors.heloData.books.entries == [])
        }
    }
}

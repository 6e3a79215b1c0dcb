import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// What vendors and crashes do to changes of what was bought. Every case ends with the vendors' books.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ActionFaultTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: SandboxFault.Kind
        /// Whether the vendor did it.
        let isDone: Bool
        var change: @Sendable (inout SandboxFault) -> Void = { _ in }
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "processed, then dropped", kind: .processThenDrop, isDone: true),
        Row(name: "dropped before processing", kind: .drop, isDone: false),
        Row(name: "half a body", kind: .cutBody, isDone: true),
        Row(name: "never an answer, processed", kind: .hang, isDone: true) { $0.process = true },
        Row(name: "never an answer, not processed", kind: .hang, isDone: false),
        Row(name: "500 after processing", kind: .status, isDone: true) {
            $0.status = 500; $0.process = true
        },
        Row(name: "502 page before processing", kind: .html, isDone: false) { $0.status = 502 },
        Row(name: "garbage after processing", kind: .garbage, isDone: true) {
            $0.body = "<<>>"; $0.process = true
        },
    ]

    static let impatient = Tuning(timeout: "1s", settleTime: "1s")

    @Test(arguments: rows) func `a renewal ends with the truth, and is never sent twice`(row: Row) async throws {
        try await Rig.run(tuning: Self.impatient) { rig in
            try await rig.serving { api in
                var fault = SandboxFault(row.kind, on: .renew)
                row.change(&fault)
                try rig.vendors.heloData.queue(fault)
                fault = SandboxFault(row.kind, on: .extendOrder)
                row.change(&fault)
                try rig.vendors.legacy.queue(fault)
                let heloData = try await Self.bought(Body.isp, api)
                let legacy = try await Self.bought(Body.ipv4, api)
                for (order, body) in [(heloData, #"{"months":1}"#), (legacy, #"{"days":30}"#)] {
                    let id = try #require(order["id"]?.string)
                    let asked = try await api.act(
                        "/orders/\(id)/renew", body, key: "renew-\(id)", prefer: "respond-async")
                    let action = try await api.settledAction(try #require(asked.json["id"]?.string, "\(asked.text)"))
                    #expect(action["status"]?.string == (row.isDone ? "completed" : "failed"), "\(action.text)")
                    #expect(action["money_state"]?.string == (row.isDone ? "spent" : "not_spent"))
                    let after = try await api.get("/orders/\(id)").json
                    let isLater = after["expires_at"]?.string != order["expires_at"]?.string
                    #expect(isLater == row.isDone, "\(order.text)\n\(after.text)")
                    #expect(after["total"]?.text == order["total"]?.text)
                    let again = try await api.act("/orders/\(id)/renew", body, key: "renew-\(id)")
                    #expect(again.headers["idempotent-replayed"] == "true", "\(again.text)")
                    #expect(again.status == (row.isDone ? 201 : 503), "\(again.text)")
                }
                #expect(rig.vendors.heloData.calls(of: .renew) == 1)
                #expect(rig.vendors.legacy.calls(of: .extendOrder) == 1)
                try await rig.booksAgree(api, acting: [heloData, legacy].compactMap { $0["id"]?.string })
            }
        }
    }

    /// Each change of a batch: how it is asked for, and the vendor's call.
    static let changes: [(method: String, path: String, body: String?, call: SandboxCall)] = [
        ("POST", "/refresh", nil, .refresh), ("POST", "/rotate-password", nil, .rotatePassword),
        ("POST", "/whitelist", #"{"address":"203.0.113.7"}"#, .whitelistAdd), ("DELETE", "", nil, .release),
    ]

    @Test(arguments: changes.indices, [true, false])
    func `each change of a batch ends with the truth when its answer is lost`(index: Int, isDone: Bool) async throws {
        let change = Self.changes[index]
        var settings = Rig.quick
        settings.heloData.replacementAfterMs = 0
        try await Rig.run(tuning: Self.impatient, sandbox: settings) { rig in
            try await rig.serving { api in
                try rig.vendors.heloData.queue(SandboxFault(isDone ? .processThenDrop : .drop, on: change.call))
                let order = try await Self.bought(Body.isp, api)
                let batch = try #require(order["batch_id"]?.string)
                let path =
                    "/isp/batches/\(batch)\(change.path)" + (change.method == "DELETE" ? "?confirm=\(batch)" : "")
                let asked = try await api.act(
                    path, change.body, method: change.method, key: "change", prefer: "respond-async")
                let action = try await api.settledAction(try #require(asked.json["id"]?.string, "\(asked.text)"))
                #expect(action["status"]?.string == (isDone ? "completed" : "failed"), "\(action.text)")
                #expect(action["money_state"]?.string == "not_spent")
                #expect(rig.vendors.heloData.calls(of: change.call) == 1)
                #expect(rig.vendors.heloData.books.changes.count == (isDone ? 1 : 0))
                try await rig.booksAgree(api, acting: [order["id"]?.string ?? ""])
            }
        }
    }

    @Test func `a batch that somebody else released leaves its renewal to the truth`() async throws {
        try await Rig.run(tuning: Self.impatient) { rig in
            try await rig.serving { api in
                let order = try await Self.bought(Body.isp, api)
                let batch = try #require(order["batch_id"]?.string)
                let vendor = API(url: rig.place.heloDataURL, key: rig.place.heloDataKey)
                #expect(try await vendor.call("DELETE", "/isp/batches/\(batch)").status < 300)
                let refused = try await api.act("/isp/batches/\(batch)/renew", #"{"months":1}"#, key: "late")
                #expect(refused.status >= 400, "\(refused.text)")
                #expect(refused.json["money_state"]?.string == "not_spent", "\(refused.text)")
                #expect(rig.vendors.heloData.books.sold.filter { $0.kind == .renewal }.isEmpty)
            }
        }
    }

    /// An order that is complete, with its expiry.
    static func bought(_ body: String, _ api: API) async throws -> JSON {
        let order = try await api.settled(try await api.buy(body, key: body).orderID)
        #expect(order["status"]?.string == "completed", "\(order.text)")
        #expect(order["expires_at"]?.string != nil)
        return order
    }
}

extension SandboxVendor {
    /// How many calls of a name arrived.
    func calls(of call: SandboxCall) -> Int { books.entries.count { $0.event == .received && $0.call == call } }
}

import NIOHTTP1
import Testing
import VendorSandbox

/// Every kind of fault, on every call that changes what was bought: what the client sees, and what the books say.
@Suite struct SandboxActionFaultTests {
    /// The calls, by the vendor.
    static let heloData: [SandboxCall] = [
        .refresh, .renew, .rotatePassword, .release, .replace, .whitelistAdd, .whitelistRemove,
    ]
    static let legacy: [SandboxCall] = [.extend, .extendOrder, .autoExtend, .autoExtendOrder]

    @Test(arguments: heloData + legacy, SandboxFault.Kind.allCases)
    func `a change is made if the fault lets it, and only then`(call: SandboxCall, kind: SandboxFault.Kind) async throws
    {
        try await withSandbox { sandbox in
            let vendor = Self.heloData.contains(call) ? sandbox.vendors.heloData : sandbox.vendors.legacy
            let request = try await sandbox.request(for: call)
            let before = vendor.books
            for process in kind.leavesProcessingOpen ? [false, true] : [nil] {
                var fault = SandboxFault(kind, on: call)
                fault.process = process
                fault.everyMs = 0
                fault.bytes = kind == .hugeBody ? 10_000 : nil
                try vendor.queue(fault)
                let books = vendor.books
                try await sandbox.send(request, whole: kind != .hang)
                let last = await sandbox.entry(vendor) {
                    $0.sequence > books.entries.count && $0.fault == kind.rawValue
                }
                let processes = process ?? kind.alwaysProcesses
                #expect(last?.call == call)
                #expect((last?.event == .dropped) == kind.endsTheConnection, "\(kind)")
                #expect(vendor.books.changes.count - books.changes.count == (processes ? 1 : 0))
                #expect(vendor.books.sold.count - books.sold.count == (processes && call.charges ? 1 : 0))
                #expect(vendor.faults == [])
            }
            let charged = vendor.books.sold.dropFirst(before.sold.count).map(\.price.micros).reduce(0, +)
            #expect(before.balance.micros - vendor.books.balance.micros == charged)
        }
    }

    @Test(arguments: [SandboxCall.whitelist, .calculateExtend, .calculateExtendOrder])
    func `a read meets its faults as well`(call: SandboxCall) async throws {
        try await withSandbox { sandbox in
            let vendor = call == .whitelist ? sandbox.vendors.heloData : sandbox.vendors.legacy
            let request = try await sandbox.request(for: call)
            try vendor.queue(SandboxFault(.html, on: call), SandboxFault(.drop, on: call))
            #expect(try await sandbox.send(request, whole: true).bytes.hasPrefix("HTTP/1.1 502"))
            #expect(try await sandbox.send(request, whole: true).bytes == "")
            #expect(try await sandbox.send(request, whole: true).bytes.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: [
        (nil, 409, "insufficient_balance"), ("batch_released", 409, "batch_released"),
        ("whitelist_limit_reached", 422, "whitelist_limit_reached"), ("ip_released", 409, "ip_released"),
        ("something_new", 409, "something_new"),
    ])
    func `a refusal on demand has the status that goes with its code`(code: String?, status: Int, told: String)
        async throws
    {
        try await withSandbox { sandbox in
            let id = try await sandbox.batch()
            var fault = SandboxFault(.refuse, on: .renew)
            fault.code = code
            try sandbox.vendors.heloData.queue(fault)
            let reply = try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1])
            #expect(reply.status == status)
            #expect(reply.json["code"]?.string == told)
            #expect(sandbox.vendors.heloData.books.changes == [])
        }
    }

    @Test func `a refusal on demand of an extension has its own empty echoes`() async throws {
        try await withSandbox { sandbox in
            let goods = try await sandbox.legacyGoods()
            for way in LegacyWay.all {
                for path in [way.path, way.path + "/auto", "calculate/" + way.path] {
                    try sandbox.vendors.legacy.queue(SandboxFault(.refuse, on: .any))
                    let body = way.body("IPv4", goods).with(["autoExtend": true])
                    let reply = try await sandbox.legacy(.POST, path, body).json
                    #expect(reply["error"]?["code"]?.integer == 16)
                    #expect((reply["ipAddressIds"] == []) == !path.hasPrefix("calculate"))
                    #expect((reply["promoCodeStatus"] == .null) == !path.hasSuffix("auto"))
                    #expect(reply["warnings"] == (path.hasPrefix("calculate") ? .null : nil))
                }
            }
            #expect(sandbox.vendors.legacy.books.changes == [])
        }
    }

    @Test func `many renewals and extensions at once are each charged once`() async throws {
        try await withSandbox(.with { $0.heloData.balance = .cents(5_000_00) }) { sandbox in
            let (id, goods) = (try await sandbox.batch(), try await sandbox.legacyGoods())
            let body = LegacyWay.orders.body("IPv4", goods)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await sandbox.heloData(.POST, "isp/batches/\(id)/renew", ["months": 1]).status }
                    group.addTask { try await sandbox.legacy(.POST, "extend/order", body).status }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(sandbox.vendors.heloData.books.balance == .cents(5_000_00 - 21 * 120_00))
            #expect(sandbox.vendors.legacy.books.balance == .cents(1_000_00 - 21 * 2_62))
            let end = try await sandbox.heloData(.GET, "isp/batches/\(id)").json["expires_at"]
            #expect(end == "2028-02-28T10:00:00Z")
            #expect(Set(sandbox.vendors.heloData.books.changes.map(\.expiresAt)).count == 20)
        }
    }
}

extension SandboxFault.Kind {
    fileprivate var leavesProcessingOpen: Bool {
        switch self {
        case .status, .html, .garbage, .hang, .raw: true
        case .refuse, .delay, .delayAnswer, .processThenDrop, .drop, .cutBody, .cutHead, .drip, .hugeBody, .replaceBody,
            .duplicateKeys:
            false
        }
    }

    fileprivate var alwaysProcesses: Bool {
        self != .refuse && self != .drop
    }

    fileprivate var endsTheConnection: Bool {
        switch self {
        case .processThenDrop, .drop, .cutBody, .cutHead, .drip, .hang, .raw: true
        case .refuse, .delay, .delayAnswer, .status, .html, .hugeBody, .garbage, .replaceBody, .duplicateKeys: false
        }
    }
}

extension SandboxCall {
    fileprivate var charges: Bool {
        self == .renew || self == .extend || self == .extendOrder
    }
}

/// A request on the wire, and the port it goes to.
private struct RawRequest {
    let port: Int
    let text: String
}

extension SandboxFixture {
    /// Buys what a call needs, and the request that it is.
    fileprivate func request(for call: SandboxCall) async throws -> RawRequest {
        if SandboxActionFaultTests.heloData.contains(call) || call == .whitelist {
            return try await heloDataRequest(for: call)
        }
        let goods = try await legacyGoods()
        let prefix = call == .calculateExtend || call == .calculateExtendOrder ? "calculate/" : ""
        let suffix = call == .autoExtend || call == .autoExtendOrder ? "/auto" : ""
        let byOrder = [.extendOrder, .autoExtendOrder, .calculateExtendOrder].contains(call)
        let way: LegacyWay = byOrder ? .orders : .addresses
        let path = "/client/api/v1/\(vendors.legacySettings.apiKey)/\(prefix)\(way.path)\(suffix)"
        return raw("POST", path, way.body("IPv4", goods).with(["autoExtend": true]), port: ports.legacy)
    }

    private func heloDataRequest(for call: SandboxCall) async throws -> RawRequest {
        let batch = "/v1/isp/batches/\(try await batch())"
        let list = try await heloData(.GET, String(batch.dropFirst(4)) + "/ips?format=json").json
        let ip = try #require(list[0]?["id"]?.string)
        let words: [SandboxCall: (String, String)] = [
            .refresh: ("POST", batch + "/refresh"), .renew: ("POST", batch + "/renew"),
            .rotatePassword: ("POST", batch + "/rotate-password"), .release: ("DELETE", batch),
            .replace: ("POST", "/v1/isp/ips/\(ip)/replace"), .whitelist: ("GET", batch + "/whitelist"),
            .whitelistAdd: ("POST", batch + "/whitelist"),
        ]
        if call == .whitelistRemove {
            let entry = try await heloData(.POST, String(batch.dropFirst(4)) + "/whitelist", ["ip": "203.0.113.7"]).json
            return raw("DELETE", "\(batch)/whitelist/\(entry["id"]?.string ?? "")", nil, port: ports.heloData)
        }
        let (method, path) = try #require(words[call])
        let body: SandboxJSON = ["months": 1, "ip": "203.0.113.7", "reason": "target-blocked"]
        return raw(method, path, method == "POST" ? body : nil, port: ports.heloData)
    }

    private func raw(_ method: String, _ path: String, _ body: SandboxJSON?, port: Int) -> RawRequest {
        let text = body?.description ?? ""
        return RawRequest(
            port: port,
            text: """
                \(method) \(path) HTTP/1.1\r
                host: 127.0.0.1\r
                connection: close\r
                authorization: Bearer \(vendors.heloDataSettings.token)\r
                content-length: \(text.utf8.count)\r
                \r
                \(text)
                """)
    }

    /// Sends a request, and sees all of the answer or leaves at once.
    @discardableResult
    fileprivate func send(_ request: RawRequest, whole: Bool) async throws -> RawConnection {
        guard whole else {
            try await RawConnection.sendAndLeave(port: request.port, request.text)
            return RawConnection(bytes: "", end: .closed)
        }
        return try await RawConnection.exchange(port: request.port, request.text)
    }
}

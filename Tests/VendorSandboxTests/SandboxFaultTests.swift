import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct SandboxFaultTests {
    // MARK: - Nothing, or not all, on the wire

    @Test(arguments: [(SandboxFault.Kind.processThenDrop, 1), (.drop, 0)], [false, true])
    func `a dropped connection ends without one byte`(drop: (SandboxFault.Kind, Int), reset: Bool) async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(drop.0, on: .order)
            fault.reset = reset
            try sandbox.vendors.heloData.queue(fault)
            let port = sandbox.ports.heloData
            let seen = try await RawConnection.exchange(port: port, sandbox.heloDataOrderText(.residential))
            #expect(seen.bytes == "")
            #expect(seen.end == (reset ? .reset : .closed))
            #expect(sandbox.vendors.heloData.books.sold.count == drop.1)
            #expect(sandbox.vendors.heloData.books.entries.last?.event == .dropped)
            #expect(sandbox.vendors.heloData.books.entries.last?.fault == drop.0.rawValue)
        }
    }

    @Test func `a cut head is a prefix of the head`() async throws {
        try await withSandbox { sandbox in
            try sandbox.vendors.heloData.queue(SandboxFault(.cutHead, on: .order))
            let seen = try await RawConnection.exchange(
                port: sandbox.ports.heloData, sandbox.heloDataOrderText(.residential))
            #expect(seen.bytes.hasPrefix("HTTP/1.1 201 Created\r\n"))
            #expect(!seen.bytes.contains("\r\n\r\n"))
            #expect(seen.end == .closed)
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }

    @Test(arguments: [nil, 0, 7]) func `a cut body is shorter than its length says`(bytes: Int?) async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.cutBody, on: .order)
            fault.bytes = bytes
            try sandbox.vendors.heloData.queue(fault)
            let seen = try await RawConnection.exchange(
                port: sandbox.ports.heloData, sandbox.heloDataOrderText(.residential))
            let parts = seen.bytes.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            try #require(parts.count == 2)
            let declared = try #require(parts[0].split(separator: "content-length: ").last.flatMap { Int($0) })
            #expect(parts[1].utf8.count == bytes ?? declared / 2)
            #expect(declared > parts[1].utf8.count)
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }

    @Test func `a drip arrives whole in the end`() async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.drip, on: .balance)
            fault.everyMs = 0
            try sandbox.vendors.legacy.queue(fault)
            #expect(try await sandbox.legacy(.GET, "balance").json["balance"]?.digits == "1000.00")
        }
    }

    @Test(arguments: [true, false])
    func `a hanging call ends when the client leaves`(process: Bool) async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.hang, on: .order)
            fault.process = process
            try sandbox.vendors.heloData.queue(fault)
            try await RawConnection.sendAndLeave(port: sandbox.ports.heloData, sandbox.heloDataOrderText(.residential))
            let entry = await sandbox.entry(sandbox.vendors.heloData) { $0.event == .dropped }
            #expect(entry?.fault == "hang")
            #expect(sandbox.vendors.heloData.books.sold.count == (process ? 1 : 0))
        }
    }

    @Test func `the sandbox can end while a call hangs and another is delayed`() async throws {
        try await withSandbox { sandbox in
            try sandbox.vendors.heloData.queue(SandboxFault(.hang, on: .me))
            var delay = SandboxFault(.delay, on: .order)
            delay.delayMs = 3_600_000
            try sandbox.vendors.heloData.queue(delay)
            async let hanging = sandbox.heloData(.GET, "users/me")
            async let delayed = sandbox.heloData(.POST, "orders", .residential)
            _ = await sandbox.entry(sandbox.vendors.heloData) { $0.event == .received && $0.call == .order }
            _ = await sandbox.entry(sandbox.vendors.heloData) { $0.event == .dropped && $0.call == .me }
            await sandbox.vendors.stop()
            #expect(await (try? hanging) == nil)
            #expect(await (try? delayed) == nil)
            #expect(sandbox.vendors.heloData.books.sold == [])
        }
    }

    @Test func `the sandbox can end while a request is half sent`() async throws {
        try await withSandbox { sandbox in
            let half = "POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"
            let seen = try await RawConnection.holding(port: sandbox.ports.heloData, half) {
                _ = try await sandbox.control(.GET, "faults")
                await sandbox.vendors.stop()
            }
            #expect(sandbox.vendors.heloData.books.entries == [])
            #expect(!seen.bytes.contains("201"))
        }
    }

    @Test func `raw bytes go out as they are, around the good answer`() async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.raw, on: .order)
            fault.process = true
            fault.body = "HTTP/1.1 100 Continue\r\n\r\n{answer}HTTP/1.1 500 Second\r\n\r\n"
            try sandbox.vendors.heloData.queue(fault)
            let seen = try await RawConnection.exchange(
                port: sandbox.ports.heloData, sandbox.heloDataOrderText(.residential))
            #expect(seen.bytes.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"))
            #expect(seen.bytes.hasSuffix("}HTTP/1.1 500 Second\r\n\r\n"))
            #expect(sandbox.vendors.heloData.books.sold.count == 1)
        }
    }

    // MARK: - Whole answers that are not good

    @Test(arguments: [
        (#"{"call":"order","fault":"status"}"#, 500, 0), (#"{"call":"any","fault":"status","status":503}"#, 503, 0),
        (#"{"call":"order","fault":"status","status":502,"process":true}"#, 502, 1),
        (#"{"call":"order","fault":"status","status":429,"retry_after":7}"#, 429, 0),
        (#"{"call":"order","fault":"status","status":307,"location":"http://127.0.0.1:1/x"}"#, 307, 0),
        (#"{"call":"order","fault":"html"}"#, 502, 0),
        (#"{"call":"order","fault":"html","status":504,"process":true}"#, 504, 1),
        (#"{"call":"order","fault":"garbage","body":"<xml"}"#, 200, 0),
        (#"{"call":"order","fault":"garbage","body":"","process":true}"#, 200, 1),
        (#"{"call":"order","fault":"refuse","status":422,"code":"new_code"}"#, 422, 0),
        (#"{"call":"order","fault":"refuse"}"#, 409, 0), (#"{"call":"order","fault":"delay","delay_ms":1}"#, 201, 1),
        (#"{"call":"order","fault":"delay_answer","delay_answer_ms":1}"#, 201, 1),
        (#"{"call":"order","fault":"replace_body","status":418,"fields":{"id":null}}"#, 418, 1),
        (#"{"call":"batch","fault":"drop"}"#, 201, 1),
    ])
    func `a fault answers and processes as it says`(fault: String, status: Int, sales: Int) async throws {
        try await withSandbox { sandbox in
            let queued = try await sandbox.control(.POST, "faults", SandboxJSON(parsing: fault))
            #expect(queued.json["faults"]?.elements?.count == 1)
            let reply = try await sandbox.heloData(.POST, "orders", .residential)
            #expect(reply.status == status)
            #expect(sandbox.vendors.heloData.books.sold.count == sales)
        }
    }

    @Test func `a fault for the other vendor's call is refused, and the right names are told`() async throws {
        try await withSandbox { sandbox in
            let fault = try SandboxJSON(parsing: #"{"call":"calculate","fault":"drop"}"#)
            let refused = try await sandbox.control(.POST, "faults", fault)
            #expect(refused.status == 400)
            let words = refused.json["error"]?.string ?? ""
            #expect(words.hasPrefix("call: this vendor has no calculate; one of order, other, any, inventory"))
            #expect(sandbox.vendors.heloData.faults.isEmpty)
            #expect(throws: SandboxInputError.self) {
                try sandbox.vendors.legacy.queue(SandboxFault(.drop, on: .inventory))
            }
            for call in SandboxCall.allCases {
                let takers = [sandbox.vendors.heloData, sandbox.vendors.legacy].filter { vendor in
                    do throws(SandboxInputError) { try vendor.queue(SandboxFault(.drop, on: call)) } catch {
                        return false
                    }
                    return true
                }
                #expect(takers.count == ([.order, .other, .any].contains(call) ? 2 : 1), "\(call)")
            }
        }
    }

    @Test func `header fields of a status go out as given`() async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.status, on: .me)
            fault.status = 429
            fault.retryAfter = "soon"
            fault.location = "http://elsewhere.invalid/"
            fault.headers = ["X-Odd": "1"]
            try sandbox.vendors.heloData.queue(fault)
            let headers = try await sandbox.heloData(.GET, "users/me").headers
            #expect(headers["Retry-After"] == ["soon"])
            #expect(headers["Location"] == ["http://elsewhere.invalid/"])
            #expect(headers["X-Odd"] == ["1"])
        }
    }

    @Test func `fields are replaced and removed deep inside the good answer`() async throws {
        try await withSandbox { sandbox in
            let fault: SandboxJSON = [
                "call": "order", "fault": "replace_body",
                "fields": ["total_usd": .number("1e400"), "details": ["asn": .null]],
                "remove": ["details.batch_id"],
            ]
            _ = try await sandbox.control(.POST, "faults", fault)
            let reply = try await sandbox.heloData(.POST, "orders", .isp)
            #expect(
                reply.text.contains(
                    #""total_usd":1e400,"details":{"quantity":20,"country":"us","city":"newyork","asn":null,"#))
        }
    }

    @Test func `a name stands twice in the answer`() async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.duplicateKeys, on: .order)
            fault.fields = ["success": false]
            try sandbox.vendors.legacy.queue(fault, SandboxFault(.duplicateKeys, on: .order))
            let first = try await sandbox.legacy(.POST, "order", .ipv4).text
            #expect(first.hasPrefix(#"{"success":true,"#))
            #expect(first.hasSuffix(#""promoCodeStatus":null,"success":false}"#))
            #expect(try await sandbox.legacy(.POST, "order", .ipv4).text.hasSuffix(#","success":null}"#))
        }
    }

    @Test func `a huge body is as huge as asked for, and still JSON`() async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.hugeBody, on: .balance)
            fault.bytes = 300_000
            try sandbox.vendors.legacy.queue(fault)
            let reply = try await sandbox.legacy(.GET, "balance")
            #expect(reply.text.utf8.count == 300_000)
            #expect(reply.json["success"]?.bool == true)
        }
    }

    @Test(arguments: [(16, "order"), (99, "calculate/order")])
    func `the legacy vendor refuses in its own words`(code: Int, path: String) async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.refuse, on: .any)
            fault.errorCode = code
            fault.message = "No"
            try sandbox.vendors.legacy.queue(fault)
            let reply = try await sandbox.legacy(.POST, path, .ipv4)
            #expect(reply.status == 200)
            #expect(reply.json["error"] == ["code": .number(String(code)), "message": "No"])
            #expect(reply.json["balance"]?.digits == "1000.00")
            #expect(sandbox.vendors.legacy.books.sold == [])
        }
    }

    @Test func `a connection outlives a whole answer, good or bad`() async throws {
        try await withSandbox { sandbox in
            try sandbox.vendors.heloData.queue(SandboxFault(.status, on: .order))
            let text = sandbox.heloDataOrderText(.residential)
            let last = text.replacing("host:", with: "connection: close\r\nhost:")
            let seen = try await RawConnection.exchange(port: sandbox.ports.heloData, text + last)
            #expect(seen.bytes.hasPrefix("HTTP/1.1 500"))
            #expect(seen.bytes.contains("HTTP/1.1 201"))
        }
    }

    // MARK: - The queue

    @Test func `a fault lets calls pass first, hits so many, and is used up`() async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.status, on: .order)
            fault.after = 1
            fault.times = 2
            try sandbox.vendors.heloData.queue(fault)
            var statuses: [Int] = []
            for _ in 0..<5 {
                statuses.append(try await sandbox.heloData(.POST, "orders", .residential.with(["gb": 1])).status)
            }
            #expect(statuses == [201, 500, 500, 201, 201])
            #expect(sandbox.vendors.heloData.faults == [])
        }
    }

    @Test func `a fault may stay until it is cleared, and look at the body`() async throws {
        try await withSandbox { sandbox in
            var fault = SandboxFault(.status, on: .any)
            fault.times = nil
            fault.bodyContains = "mobile"
            try sandbox.vendors.heloData.queue(fault)
            #expect(try await sandbox.heloData(.POST, "orders", .residential).status == 201)
            #expect(try await sandbox.heloData(.POST, "orders", .mobile).status == 500)
            #expect(try await sandbox.heloData(.POST, "orders", .mobile).status == 500)
            #expect(try await sandbox.control(.DELETE, "faults").text == #"{"faults":[]}"#)
            #expect(try await sandbox.heloData(.POST, "orders", .mobile).status == 201)
        }
    }

    @Test func `a fault is shown as it was queued`() async throws {
        try await withSandbox { sandbox in
            let fault: SandboxJSON = [
                "call": "order", "fault": "process_then_drop", "times": 3, "after": 2, "delay_ms": 5, "reset": true,
            ]
            let shown = try await sandbox.control(.POST, "faults", [fault, fault.with(["call": "any"])])
            #expect(shown.json["faults"] == [fault, fault.with(["call": "any"]).callFirst])
        }
    }

    @Test(arguments: [
        #"{"call":"order"}"#, #"{"fault":"drop"}"#, #"{"call":"nothing","fault":"drop"}"#,
        #"{"call":"order","fault":"explode"}"#, #"{"call":"order","fault":"drop","tiems":2}"#,
        #"{"call":"order","fault":"drop","times":0}"#, #"{"call":"order","fault":"delay","delay_ms":-1}"#,
        #"{"call":"order","fault":"status","status":99}"#, #"{"call":"order","fault":"status","location":"a\r\nb"}"#,
        #"{"call":"order","fault":"replace_body","fields":[]}"#, "7", "nonsense",
    ])
    func `a fault that is not understood is refused, and so are all that came with it`(text: String) async throws {
        try await withSandbox { sandbox in
            let url = "http://127.0.0.1:\(sandbox.ports.legacy)/sandbox/faults"
            let reply = try await sandbox.send(.POST, url, #"[{"call":"order","fault":"drop"},\#(text)]"#)
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string?.isEmpty == false)
            #expect(sandbox.vendors.legacy.faults == [])
        }
    }
}

extension SandboxJSON {
    /// A fault with the call in front, where the sandbox shows it.
    fileprivate var callFirst: SandboxJSON {
        .object((members ?? []).filter { $0.name == "call" } + (members ?? []).filter { $0.name != "call" })
    }
}

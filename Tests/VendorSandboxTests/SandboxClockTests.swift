import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct SandboxClockTests {
    @Test func `a vendor's clock is shown and moved, and the other's stays`() async throws {
        try await withSandbox { sandbox in
            let now = try await sandbox.control(.GET, "clock")
            #expect(now.text == #"{"now":"2026-05-28T10:00:00.000+00:00","clock_offset_seconds":0}"#)
            let month = try await sandbox.control(.POST, "clock", ["days": 30, "seconds": 1])
            #expect(month.text == #"{"now":"2026-06-27T10:00:01.000+00:00","clock_offset_seconds":2592001}"#)
            let back = try await sandbox.control(.POST, "clock", ["seconds": .number("-1")])
            #expect(back.json["clock_offset_seconds"]?.integer == 2_592_000)
            #expect(try await sandbox.control(.GET, "settings").json["clock_offset_seconds"]?.integer == 2_592_000)
            let legacy = try await sandbox.control(.GET, "clock", port: sandbox.ports.legacy)
            #expect(legacy.json["clock_offset_seconds"] == 0)
        }
    }

    @Test func `a clock that is moved makes goods expire, and does what is due meanwhile`() async throws {
        try await withSandbox { sandbox in
            let (id, goods) = (try await sandbox.batch(), try await sandbox.legacyGoods())
            let auto = LegacyWay.orders.body("IPv4", goods).with(["autoExtend": true])
            _ = try await sandbox.legacy(.POST, "extend/order/auto", auto)
            try sandbox.vendors.heloData.moveClock(seconds: 31 * 86_400)
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["status"]?.string == "expired")
            #expect(sandbox.vendors.legacy.books.sold.count == 1)
            try sandbox.vendors.legacy.moveClock(seconds: 29 * 86_400)
            #expect(sandbox.vendors.legacy.books.sold.map(\.kind) == [.order, .autoExtension])
        }
    }

    @Test(arguments: [
        #"{"days":"30"}"#, #"{"hours":1}"#, #"{"days":1.5}"#, #"{"days":3651}"#, #"{"seconds":9223372036854775807}"#,
        "[]", "7", "x",
    ])
    func `a move that is not understood or too far moves nothing`(text: String) async throws {
        try await withSandbox { sandbox in
            for port in [sandbox.ports.heloData, sandbox.ports.legacy] {
                let reply = try await sandbox.send(.POST, "http://127.0.0.1:\(port)/sandbox/clock", text)
                #expect(reply.status == 400)
                #expect(reply.json["error"]?.string?.isEmpty == false)
                let shown = try await sandbox.control(.GET, "clock", port: port)
                #expect(shown.json["clock_offset_seconds"] == 0)
            }
            #expect(throws: SandboxInputError.self) { try sandbox.vendors.legacy.moveClock(seconds: .max) }
            #expect(throws: SandboxInputError.self) { try sandbox.vendors.heloData.moveClock(seconds: .min) }
        }
    }

    @Test func `a clock that goes back takes nothing back`() async throws {
        try await withSandbox(.with { $0.heloData.autoRenew = true }) { sandbox in
            let id = try await sandbox.batch()
            try sandbox.vendors.heloData.moveClock(seconds: 31 * 86_400)
            try sandbox.vendors.heloData.moveClock(seconds: -31 * 86_400)
            try sandbox.vendors.heloData.moveClock(seconds: 31 * 86_400)
            #expect(sandbox.vendors.heloData.books.sold.map(\.kind) == [.order, .autoRenewal])
            #expect(try await sandbox.heloData(.GET, "isp/batches/\(id)").json["expires_at"] == "2026-07-28T10:00:00Z")
        }
    }
}

/// What the header field `Date` tells of a vendor's clock.
@Suite struct SandboxDateTests {
    @Test func `the date goes with the vendor's clock`() async throws {
        try await withSandbox { sandbox in
            #expect(try await sandbox.heloData(.GET, "users/me").headers["date"] == ["Thu, 28 May 2026 10:00:00 GMT"])
            try sandbox.vendors.heloData.moveClock(seconds: 86_400)
            #expect(try await sandbox.heloData(.GET, "users/me").headers["date"] == ["Fri, 29 May 2026 10:00:00 GMT"])
            try sandbox.vendors.legacy.moveClock(seconds: -86_400 * 88 - 10 * 3600)
            #expect(try await sandbox.legacy(.GET, "balance").headers["date"] == ["Sun, 01 Mar 2026 00:00:00 GMT"])
        }
    }

    @Test func `the date can be left out, or stand still`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.control(.PATCH, "settings", ["date_header": "clock-61"])
            #expect(try await sandbox.heloData(.GET, "users/me").headers["date"] == ["Thu, 28 May 2026 09:58:59 GMT"])
            let stopped = "Wed, 27 May 2026 10:00:00 GMT"
            for port in [sandbox.ports.heloData, sandbox.ports.legacy] {
                _ = try await sandbox.control(.PATCH, "settings", ["date_header": "none"], port: port)
                #expect(try await sandbox.control(.GET, "books", port: port).headers["date"] == [])
                let changes: SandboxJSON = ["date_header": .string(stopped)]
                _ = try await sandbox.control(.PATCH, "settings", changes, port: port)
                for _ in 1...2 {
                    #expect(try await sandbox.control(.GET, "books", port: port).headers["date"] == [stopped])
                    sandbox.clock.advance(milliseconds: 60_000)
                }
            }
        }
    }

    @Test(arguments: ["", "a\r\nb", "\u{e9}"]) func `a date that no header can hold is refused`(text: String)
        async throws
    {
        try await withSandbox { sandbox in
            let reply = try await sandbox.control(.PATCH, "settings", ["date_header": .string(text)])
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string?.contains("date_header") == true)
        }
    }
}

import Logging
import NIOHTTP1
import Testing
import VendorSandbox

@Suite struct SandboxSettingsTests {
    @Test func `settings are shown and changed while the vendor runs`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.heloData(.POST, "orders", .isp)
            let shown = try await sandbox.control(.GET, "settings").json
            #expect(shown["balance"]?.string == "880.00")
            #expect(shown["stock"]?[0]?["available"]?.integer == 19_980)
            let changes: SandboxJSON = [
                "residential_price_per_gb": "5.25", "kyc_status": "pending", "idempotency": "balance_first",
                "token": "new",
            ]
            let changed = try await sandbox.control(.PATCH, "settings", changes)
            #expect(changed.status == 200)
            #expect(changed.json["residential_price_per_gb"]?.string == "5.25")
            #expect(
                try await sandbox.heloData(.POST, "orders", .residential, token: "new").json["total_usd"]?.digits
                    == "262.50")
            #expect(try await sandbox.heloData(.POST, "orders", .isp).json["code"] == "kyc_required")
        }
    }

    @Test(arguments: [
        #"{"redy_after_ms":1}"#, #"{"ready_after_ms":"1"}"#, #"{"ready_after_ms":-1}"#, #"{"balance":"abc"}"#,
        #"{"balance":1.5}"#, #"{"clock_offset_seconds":9223372036854775807}"#, #"{"stock":[{}]}"#,
        #"{"idempotency":"maybe"}"#, #"{"page_size":0}"#, "[]", "null", "{",
    ])
    func `a setting that is unknown or out of range changes nothing`(text: String) async throws {
        try await withSandbox { sandbox in
            let before = try await sandbox.control(.GET, "settings").text
            let url = "http://127.0.0.1:\(sandbox.ports.heloData)/sandbox/settings"
            let reply = try await sandbox.send(.PATCH, url, text)
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.string?.isEmpty == false)
            #expect(try await sandbox.control(.GET, "settings").text == before)
        }
    }

    @Test func `settings that are sent back as they are shown change nothing`() async throws {
        try await withSandbox { sandbox in
            for port in [sandbox.ports.heloData, sandbox.ports.legacy] {
                let shown = try await sandbox.control(.GET, "settings", port: port)
                let changed = try await sandbox.control(.PATCH, "settings", shown.json, port: port)
                #expect(changed.status == 200)
                #expect(changed.text == shown.text)
            }
            #expect(sandbox.vendors.heloData.books.entries == [])
        }
    }

    @Test func `the vendor's clock may be ahead`() async throws {
        try await withSandbox(.with { $0.heloData.readyAfterMs = 60_000 }) { sandbox in
            _ = try await sandbox.heloData(.POST, "orders", .isp)
            _ = try await sandbox.control(.PATCH, "settings", ["clock_offset_seconds": 86_400])
            let batch = try await sandbox.heloData(.GET, "isp/batches").json["data"]?[0]
            #expect(batch?["status"]?.string == "active")
            let later = try await sandbox.heloData(.POST, "orders", .residential)
            #expect(later.json["created_at"]?.string == "2026-05-29T10:00:00Z")
        }
    }

    @Test func `each call may take a while`() async throws {
        try await withSandbox(.with { $0.legacy.latencyMs = 20 }) { sandbox in
            let start = ContinuousClock.now
            _ = try await sandbox.legacy(.GET, "balance")
            #expect(ContinuousClock.now - start >= .milliseconds(20))
        }
    }

    @Test func `a port that is taken ends the start with an error`() async throws {
        try await withSandbox { sandbox in
            var settings = SandboxSettings()
            settings.legacyPort = sandbox.ports.legacy
            let second = SandboxVendors(settings: settings, logger: .quiet)
            await #expect(throws: (any Error).self) { try await second.start() }
            await second.stop()
        }
    }

    @Test func `two sandboxes live side by side`() async throws {
        try await withSandbox { first in
            try await withSandbox { second in
                _ = try await first.heloData(.POST, "orders", .residential)
                #expect(second.vendors.heloData.books.sold == [])
                #expect(first.ports != second.ports)
            }
        }
    }
}

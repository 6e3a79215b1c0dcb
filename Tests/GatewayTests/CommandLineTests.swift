import ExactJSON
import Foundation
import Testing
import VendorSandbox

#if canImport(Glibc)
    import Glibc
#endif

/// Buying from a terminal, with the built program on both sides and the vendors' books beside it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CommandLineTests {
    static let isp = [
        "buy", "--product", "isp", "--country", "us", "--city", "newyork", "--quantity", "5", "--months", "1",
        "--vendor", "helodata",
    ]

    @Test func `an order is bought, found again by its key, and quoted`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let bought = try CommandProcess(
                    Self.isp + ["--key", "k-1", "--metadata", "team=crawl"], url: api.url, key: rig.buyer)
                #expect(await bought.status() == 0, "\(bought.error)")
                #expect(bought.error.hasPrefix("purser: key k-1; if this is interrupted"))
                let id = try #require(
                    bought.output.firstMatch(of: /^(ord_\w+)  helodata  completed  30\.00 USD\n/)?.1, "\(bought.output)"
                )

                let again = try CommandProcess(
                    Self.isp + ["--key", "k-1", "--metadata", "team=crawl", "--json"], url: api.url, key: rig.buyer)
                #expect(await again.status() == 0)
                let order = try JSON(parsing: again.output, as: .answer)
                #expect(order["id"]?.string == String(id))
                #expect(order["metadata"]?["team"] == "crawl")
                #expect(again.output == "\(try await api.get("/orders/\(id)").text)\n")
                #expect(again.error.contains("it was found, not bought again"))

                let other = try CommandProcess(Self.isp + ["--key", "k-1"], url: api.url, key: rig.buyer)
                #expect(await other.status() == 1)
                #expect(other.error.contains("belongs to a different request"))
                #expect(other.output.isEmpty)

                let quote = try CommandProcess(["quote"] + Self.isp.dropFirst(), url: api.url, key: rig.buyer)
                #expect(await quote.status() == 0)
                #expect(quote.output.contains("* helodata would be asked first (explicit).\n"))

                let vendors = try CommandProcess(["vendors"], url: api.url, key: rig.operatorKey)
                #expect(await vendors.status() == 0)
                #expect(vendors.output.contains(#/(?m)^helodata +ok +\d+ ms .* 0/32 +0 +0$/#), "\(vendors.output)")
                #expect(!vendors.output.contains("\u{1B}"))

                let catalog = try CommandProcess(["catalog", "--product", "isp"], url: api.url, key: rig.buyer)
                #expect(await catalog.status() == 0)
                #expect(catalog.output.contains("helodata  isp"))
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 1)
            }
        }
    }

    @Test func `a refusal says every fault and ends with 1, a key that is not known with 2`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let refused = try CommandProcess(
                    ["buy", "--product", "isp", "--quantity", "0", "--json"], url: api.url, key: rig.buyer)
                #expect(await refused.status() == 1)
                for place in ["/quantity", "/country", "/months"] {
                    #expect(refused.error.contains("purser:   \(place): "))
                }
                #expect(try JSON(parsing: refused.output, as: .answer)["code"] == "invalid_request")

                try rig.vendors.heloData.change(settings: try RefusalTests.patch(#"{"balance":"1.00"}"#))
                let poor = try CommandProcess(Self.isp + ["--key", "poor"], url: api.url, key: rig.buyer)
                #expect(await poor.status() == 1)
                #expect(poor.error.contains("balance"), "\(poor.error)")
                let stranger = try CommandProcess(Self.isp, url: api.url, key: "pk_nobody")
                #expect(await stranger.status() == 2)
                #expect(!stranger.error.contains("pk_nobody"))
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.isEmpty)
            }
        }
    }

    @Test(arguments: [SIGKILL, SIGINT, SIGTERM])
    func `a purchase whose command is ended is found by the same command with its key`(signal: Int32) async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                var slow = SandboxFault(.delay, on: .order)
                slow.delayMs = 1000
                try rig.vendors.heloData.queue(slow)
                let first = try CommandProcess(Self.isp, url: api.url, key: rig.buyer)
                // The purchase is on its way to the vendor when the command ends.
                while rig.vendors.heloData.books.entries.isEmpty { await Task.yield() }
                first.signal(signal)
                #expect(await first.status() == (signal == SIGKILL ? -SIGKILL : 128 + signal))
                let key = try #require(first.error.firstMatch(of: /with --key (\S+)\n/)?.1)
                #expect(first.error.contains("what was sent is not withdrawn") == (signal != SIGKILL))
                let again = try CommandProcess(Self.isp + ["--key", String(key)], url: api.url, key: rig.buyer)
                #expect(await again.status() == 0, "\(again.error)")
                #expect(again.output.contains("  helodata  completed  30.00 USD\n"))
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 1)
            }
        }
    }

    static let ipv4 = ["buy", "--product", "ipv4", "--country", "de", "--quantity", "3", "--days", "30"]

    @Test func `an order is followed over a restart of the gateway`() async throws {
        try await Rig.run { rig in
            try rig.vendors.heloData.change(settings: try RefusalTests.patch(#"{"ready_after_ms":3600000}"#))
            let first = try await GatewayProcess.start(in: rig.place)
            let command = try CommandProcess(Self.isp, url: first.url, key: rig.buyer)
            await command.says("provisioning at helodata")
            await first.kill()
            await command.says("asking again")
            try rig.vendors.heloData.change(settings: try RefusalTests.patch(#"{"ready_after_ms":0}"#))
            try rig.place.listen(on: first.url)
            try await rig.serving { api in
                #expect(await command.status() == 0, "\(command.error)")
                #expect(command.output.contains("  helodata  completed  30.00 USD\n"), "\(command.output)")
                try await rig.booksAgree(api)
                #expect(rig.vendors.heloData.books.sold.count == 1)
            }
        }
    }

    @Test func `a gateway that is not there ends it with 3, and nothing was sent`() async throws {
        try await Rig.run { rig in
            let gone = try await GatewayProcess.start(in: rig.place)
            #expect(await gone.stop() == 0)
            let command = try CommandProcess(
                Self.isp + ["--key", "k-1", "--timeout", "100ms"], url: gone.url, key: rig.buyer)
            #expect(await command.status() == 3)
            #expect(command.error.contains("connection refused; nothing was sent\n"), "\(command.error)")
            #expect(command.output.isEmpty)
            try await rig.serving { api in
                let orders = try await api.get("/orders").json["data"]?.array
                #expect(orders?.isEmpty == true)
            }
            #expect(rig.vendors.heloData.books.entries.isEmpty)
        }
    }

    @Test func `what is not waited for is taken, and settles without the command`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                var slow = SandboxFault(.delay, on: .order)
                slow.delayMs = 300
                try rig.vendors.heloData.queue(slow)
                let command = try CommandProcess(Self.isp + ["--no-wait"], url: api.url, key: rig.buyer)
                #expect(await command.status() == 0)
                let id = try #require(command.output.firstMatch(of: /^ord_\w+/)?.output, "\(command.output)")
                #expect(try await api.settled(String(id))["status"]?.string == "completed")
            }
        }
    }
}

/// The crash points are in debug builds alone, as those of the other crash tests.
extension CrashTests {
    /// Where the gateway dies: before the order is known to the command, and after the vendor sold it.
    @Test(arguments: ["accepted", "called"])
    func `a purchase goes on over a crash and a restart of the gateway`(step: String) async throws {
        try await Rig.run { rig in
            let dying = try await GatewayProcess.start(in: rig.place, crash: step)
            let command = try CommandProcess(
                CommandLineTests.ipv4 + ["--timeout", "60s"], url: dying.url, key: rig.buyer)
            #expect(await dying.waitForEnd() == -SIGKILL)
            await command.says("trying again with the same key")
            try rig.place.listen(on: dying.url)
            try await rig.serving { api in
                #expect(api.url == dying.url)
                #expect(await command.status() == 0, "\(command.error)")
                #expect(command.output.contains("  legacy  completed  "), "\(command.output)")
                try await rig.booksAgree(api)
                #expect(rig.vendors.legacy.books.sold.count == 1)
            }
        }
    }
}

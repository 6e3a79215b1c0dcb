import AsyncHTTPClient
import ExactJSON
import Foundation
import NIOCore
import Testing
import VendorSandbox

#if canImport(Glibc)
    import Glibc
#endif

/// What was bought, changed from a terminal, with the built program on both sides and the vendors' books beside it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct GoodsCommandTests {
    /// Vendors that deliver at once, other addresses for old ones too.
    private static let quick: SandboxSettings = {
        var settings = Rig.quick
        settings.heloData.replacementAfterMs = 0
        return settings
    }()

    /// A command of a buyer, run to its end.
    private func run(_ line: String, _ api: API, _ rig: Rig) async throws -> CommandProcess {
        let command = try CommandProcess(
            line.split(separator: " ").map(String.init), url: api.url, key: rig.buyer)
        _ = await command.status()
        return command
    }

    /// Buys five addresses at HeloData.
    /// - Returns: the ids of the order and of its batch.
    private func batch(_ api: API) async throws -> (order: String, batch: String) {
        let body = #"{"product":"isp","country":"US","quantity":5,"months":1,"vendor":"helodata"}"#
        let order = try await api.settled(try await api.buy(body, key: "k-1").orderID)
        return (try #require(order["id"]?.string), try #require(order["batch_id"]?.string))
    }

    /// A batch's addresses, as their buyer sees them.
    private func addresses(_ batch: String, _ api: API, _ rig: Rig) async throws -> [String] {
        let list = try await run("batches ips \(batch) --format plain", api, rig)
        return list.output.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) }
    }

    @Test func `a batch is seen, refreshed, given a new password, and given back`() async throws {
        try await Rig.run(sandbox: Self.quick) { rig in
            try await rig.serving { api in
                let (order, batch) = try await batch(api)
                let list = try await run("batches list --vendor helodata", api, rig)
                #expect(await list.status() == 0, "\(list.error)")
                #expect(list.output.contains(try Regex("(?m)^\(batch) .* 5 .* \(order)$")), "\(list.output)")
                let sheet = try await run("batches show \(batch)", api, rig)
                #expect(
                    sheet.output.hasPrefix("batch ") && sheet.output.contains("\nfree replacements"), "\(sheet.output)")
                let first = try await run("batches ips \(batch)", api, rig)
                #expect(first.output.split(separator: "\n").count == 5 && first.error.isEmpty, "\(first.error)")
                let other = try CommandProcess(["batches", "ips", batch], url: api.url, key: rig.other)
                #expect(await other.status() == 1)
                #expect(other.output.isEmpty)

                let refreshed = try await run("batches refresh \(batch) --yes", api, rig)
                #expect(await refreshed.status() == 0, "\(refreshed.error)")
                #expect(refreshed.output.contains(#/^act_\w+  refresh  helodata  completed\n/#), "\(refreshed.output)")
                let second = try await run("orders proxies \(order)", api, rig)
                #expect(second.output.split(separator: "\n").count == 5, "\(second.error)")
                #expect(Set(second.output.split(separator: "\n")).isDisjoint(with: first.output.split(separator: "\n")))
                let twice = try await run("batches refresh \(batch) --yes", api, rig)
                #expect(await twice.status() == 1)
                #expect(
                    twice.error.contains("once in each billing period, and the next one begins at "), "\(twice.error)")

                let rotated = try await run("batches rotate-password \(batch) --yes --json", api, rig)
                #expect(await rotated.status() == 0, "\(rotated.error)")
                #expect(try JSON(parsing: rotated.output, as: .answer)["kind"] == "rotate_password")
                let third = try await run("batches ips \(batch)", api, rig)
                #expect(third.output != second.output && third.output.split(separator: "\n").count == 5)

                let added = try await run("batches whitelist add \(batch) 203.0.113.7 --label office", api, rig)
                #expect(await added.status() == 0, "\(added.error)")
                let allowed = try await run("batches whitelist list \(batch)", api, rig)
                let entry = try #require(allowed.output.firstMatch(of: #/(?m)^(\S+) +203\.0\.113\.7 +office /#)?.1)
                #expect(await (try run("batches whitelist remove \(batch) \(entry)", api, rig)).status() == 2)
                let removed = try await run("batches whitelist remove \(batch) \(entry) --yes", api, rig)
                #expect(await removed.status() == 0, "\(removed.error)")

                #expect(await (try run("batches release \(batch)", api, rig)).status() == 2)
                let released = try await run("batches release \(batch) --yes --key bye", api, rig)
                #expect(await released.status() == 0, "\(released.error)")
                let again = try await run("batches release \(batch) --yes --key bye", api, rig)
                #expect(await again.status() == 0)
                #expect(again.output == released.output && again.error.contains("it was found, not done again"))
                for (line, words) in [
                    ("batches ips", "was released"), ("batches show", "was released"),
                    ("batches whitelist list", "was released"),
                ] {
                    let gone = try await run("\(line) \(batch)", api, rig)
                    #expect(await gone.status() == 1)
                    #expect(gone.error.contains(words) && gone.error.contains(order), "\(gone.error)")
                }
                #expect(!(try await run("batches list", api, rig)).output.contains(batch))

                let actions = try await run("orders actions \(order)", api, rig)
                #expect(
                    actions.output.matches(of: #/(?m)^act_\w+ +(refresh|rotate password|release) +completed /#).count
                        == 3,
                    "\(actions.output)")
                let page = try await run("actions list --order \(order) --kind refresh,release", api, rig)
                #expect(
                    page.output.matches(of: #/(?m)^act_\w+ +ord_\w+ +helodata +(release|refresh) +completed /#).count
                        == 2, "\(page.output)")
                let orders = try await run("orders list --vendor helodata --limit 1", api, rig)
                #expect(orders.output.contains("\n\(order)  isp "), "\(orders.output)")
                let shown = try await run("orders show \(order)", api, rig)
                #expect(shown.output.hasPrefix("order ") && shown.output.contains(batch), "\(shown.output)")
                let timeline = try await run("orders events \(order)", api, rig)
                #expect(
                    timeline.output.contains(#/ action\.completed +vendor_answer +vendor helodata +act_/#),
                    "\(timeline.output)")
                let kept = try await run("orders cancel \(order)", api, rig)
                #expect(await kept.status() == 1)
                #expect(kept.error.contains("only a pending one can be canceled"), "\(kept.error)")

                let kinds = rig.vendors.heloData.books.changes.map(\.kind)
                #expect(kinds == [.refresh, .rotatePassword, .whitelistAdd, .whitelistRemove, .release])
            }
        }
    }

    @Test func `a renewal whose answer is lost is charged once, and its key finds it`() async throws {
        try await Rig.run(sandbox: Self.quick) { rig in
            try await rig.serving { api in
                let (order, batch) = try await batch(api)
                let before = try await api.get("/orders/\(order)").json["expires_at"]?.string
                let dear = try await run("batches renew \(batch) --months 1 --max-total 1", api, rig)
                #expect(await dear.status() == 1)
                #expect(
                    dear.error.contains("max_total") && dear.error.contains("a new key is a new action"),
                    "\(dear.error)")

                try rig.vendors.heloData.queue(SandboxFault(.processThenDrop, on: .renew))
                let line = "orders renew \(order) --months 1 --max-total 100 --key more"
                let renewed = try await run(line, api, rig)
                #expect(await renewed.status() == 0, "\(renewed.error)")
                #expect(
                    renewed.error.hasPrefix(
                        "purser: renewing order \(order) for 1 month, for 100 USD at most\npurser: key more;"))
                #expect(renewed.output.contains("  renew  helodata  completed  30.00 USD\n"), "\(renewed.output)")
                let again = try await run(line, api, rig)
                #expect(await again.status() == 0)
                #expect(again.output == renewed.output)
                #expect(try await api.get("/orders/\(order)").json["expires_at"]?.string != before)
                #expect(rig.vendors.heloData.books.sold.map(\.kind) == [.order, .renewal])
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `an action that nobody knows is found, and settled by an operator's word`() async throws {
        try await Rig.run(tuning: ActionFaultTests.impatient, sandbox: Self.quick) { rig in
            try await rig.serving { api in
                let (order, batch) = try await batch(api)
                // The answer is lost, and what came of it cannot be read afterwards.
                var hanging = SandboxFault(.hang, on: .renew)
                hanging.process = true
                try rig.vendors.heloData.queue(hanging)
                let line = ["batches", "renew", batch, "--months", "1", "--no-wait"]
                var unreadable = SandboxFault(.garbage, on: .batch)
                unreadable.body = "<<>>"
                unreadable.times = nil
                let renew = try CommandProcess(line, url: api.url, key: rig.buyer)
                #expect(await renew.status() == 0, "\(renew.error)")
                while rig.vendors.heloData.calls(of: .renew) == 0 { await Task.yield() }
                try rig.vendors.heloData.queue(unreadable)
                let id = try #require(renew.output.firstMatch(of: #/^(act_\w+) /#)?.1)
                _ = try await api.settledAction(String(id))
                let found = try CommandProcess(
                    ["actions", "list", "--needs-review"], url: api.url, key: rig.operatorKey)
                #expect(await found.status() == 0)
                #expect(
                    found.output.contains(try Regex("(?m)^\(id) +\(order) +helodata +renew +unknown ")),
                    "\(found.output)")
                let again = try await run("batches renew \(batch) --months 1", api, rig)
                #expect(await again.status() == 1)
                #expect(again.error.contains(String(id)), "\(again.error)")
                let decision = ["actions", "resolve", String(id), "--done", "--reason", "the vendor's page shows it"]
                let refused = try CommandProcess(decision, url: api.url, key: rig.operatorKey)
                #expect(await refused.status() == 2, "\(refused.error)")
                let resolved = try CommandProcess(decision + ["--yes"], url: api.url, key: rig.operatorKey)
                #expect(await resolved.status() == 0, "\(resolved.error)")
                #expect(resolved.output.contains(#/(?m)^status +completed$/#), "\(resolved.output)")
                let twice = try CommandProcess(decision + ["--yes"], url: api.url, key: rig.operatorKey)
                #expect(await twice.status() == 1)
            }
        }
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func `a renewal whose command is ended is found by the same command with its key`(signal: Int32) async throws {
        try await Rig.run(sandbox: Self.quick) { rig in
            try await rig.serving { api in
                let (_, batch) = try await batch(api)
                var slow = SandboxFault(.delay, on: .renew)
                slow.delayMs = 1000
                try rig.vendors.heloData.queue(slow)
                let line = ["batches", "renew", batch, "--months", "1", "--max-total", "100"]
                let first = try CommandProcess(line, url: api.url, key: rig.buyer)
                while !rig.vendors.heloData.books.entries.contains(where: { $0.call == .renew }) { await Task.yield() }
                first.signal(signal)
                #expect(await first.status() == (signal == SIGKILL ? -SIGKILL : 128 + signal))
                let key = try #require(first.error.firstMatch(of: /with --key (\S+)\n/)?.1)
                #expect(key.hasPrefix("renew-"))
                let again = try CommandProcess(line + ["--key", String(key)], url: api.url, key: rig.buyer)
                #expect(await again.status() == 0, "\(again.error)")
                #expect(rig.vendors.heloData.books.sold.map(\.kind) == [.order, .renewal])
            }
        }
    }

    @Test func `an address is replaced, and where that may be charged it wants a ceiling`() async throws {
        try await Rig.run(sandbox: Self.quick) { rig in
            try await rig.serving { api in
                let (_, batch) = try await batch(api)
                let ip = try #require(try await addresses(batch, api, rig).first)
                let replaced = try await run(
                    "ips replace \(ip) --batch \(batch) --reason target-blocked --yes", api, rig)
                #expect(await replaced.status() == 0, "\(replaced.error)")
                #expect(replaced.output.contains("  replace  helodata  completed"), "\(replaced.output)")
                let refreshed = try await run("batches refresh \(batch) --yes", api, rig)
                #expect(await refreshed.status() == 0, "\(refreshed.error)")
                let next = try #require(try await addresses(batch, api, rig).last)
                let refused = try await run("ips replace \(next) --batch \(batch) --yes", api, rig)
                #expect(await refused.status() == 1)
                #expect(refused.error.contains("/max_total: "), "\(refused.error)")
                #expect(rig.vendors.heloData.books.changes.map(\.kind) == [.replace, .refresh])
            }
        }
    }

    @Test func `a legacy order is renewed, and renews itself until that is switched off`() async throws {
        try await Rig.run(sandbox: Self.quick) { rig in
            try await rig.serving { api in
                let id = try await api.buy(Body.ipv4, key: "k-1").orderID
                _ = try await api.settled(id)
                let renewed = try await run("orders renew \(id) --days 30 --max-total 100", api, rig)
                #expect(await renewed.status() == 0, "\(renewed.error)")
                #expect(renewed.output.contains("  renew  legacy  completed  "), "\(renewed.output)")
                for (line, kind) in [("--days 30", SandboxChange.Kind.autoExtendOn), ("--off", .autoExtendOff)] {
                    let command = try await run("orders auto-renew \(id) \(line)", api, rig)
                    #expect(await command.status() == 0, "\(command.error)")
                    #expect(rig.vendors.legacy.books.changes.last?.kind == kind)
                }
                #expect(rig.vendors.legacy.books.sold.map(\.kind) == [.order, .extension])
            }
        }
    }

    @Test(arguments: ["plain", "csv", "json"])
    func `a download that breaks half-way ends with a failure, and its list does not look whole`(format: String)
        async throws
    {
        try await Rig.run(sandbox: ProxyListTests.rich) { rig in
            try await rig.serving { api in
                let thousand = #"{"product":"isp","country":"US","quantity":1000,"months":1,"vendor":"helodata"}"#
                let order = try await api.settled(try await api.buy(thousand, key: "k-1").orderID)
                let batch = try #require(order["batch_id"]?.string)
                let whole = try await run("batches ips \(batch) --format \(format)", api, rig)
                #expect(await whole.status() == 0 && whole.output.utf8.count > 40_000)
                #expect(whole.error.isEmpty, "\(whole.error)")
                try rig.vendors.heloData.queue(SandboxFault(.cutBody, on: .ips))
                let cut = try await run("batches ips \(batch) --format \(format)", api, rig)
                #expect(await cut.status() == 3)
                #expect(cut.error.contains("not the whole list"), "\(cut.error)")
                #expect(!cut.output.isEmpty && cut.output.utf8.count < whole.output.utf8.count)
            }
        }
    }
}

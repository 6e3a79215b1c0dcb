import ExactJSON
import Foundation
import Purchasing
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// History, sums and events of orders that go on being bought, with the built program on both sides.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HistoryCommandTests {
    private func run(_ arguments: [String], _ api: API, key: String) async throws -> CommandProcess {
        let command = try CommandProcess(arguments, url: api.url, key: key)
        _ = await command.status()
        return command
    }

    /// Buys so many orders, one after the other, of prices that cents cannot add up.
    private func buy(_ api: API, _ numbers: Range<Int>) async throws {
        for number in numbers {
            let gb = "0.\(number % 7 + 1)37"
            let body =
                #"{"product":"residential","gb":\#(gb),"vendor":"helodata","metadata":{"run":"\#(number % 3)"}}"#
            let answer = try await api.buy(body, key: "k-\(number)")
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    @Test func `an export adds up to what the statistics say, while orders are bought`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try await buy(api, 0..<40)
                let newest = try await api.get("/orders?limit=1").json["data"]?.array?.first?["created_at"]?.string
                // The formatter cuts what is behind the millisecond; half of one more makes it the next, whatever the last bit.
                let end = try #require(newest.flatMap { Date(rfc3339Text: $0) }).addingTimeInterval(0.0015)
                let window = [
                    "--created-before", end.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
                ]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await buy(api, 40..<80) }
                    for _ in 0..<3 {
                        let export = try await run(
                            ["orders", "export", "--format", "ndjson"] + window, api, key: rig.operatorKey)
                        #expect(await export.status() == 0, "\(export.error)")
                        let orders = try export.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
                        #expect(orders.count == 40)
                        let stats = try await run(
                            ["orders", "stats", "--by", "day,vendor", "--json"] + window, api, key: rig.operatorKey)
                        let total = try JSON(parsing: stats.output)["totals"]?.array?.first
                        #expect(total?["orders"]?.int == orders.count)
                        let sum = orders.compactMap { $0["total"]?["amount"]?.string }
                            .compactMap { Decimal(string: $0) }.reduce(0, +)
                        let told = total?["spent"]?["amount"]?.string.flatMap { Decimal(string: $0) }
                        #expect(told == sum)
                        #expect(sum > 0)
                    }
                    try await group.waitForAll()
                }
                let table = try await run(["orders", "stats", "--by", "metadata[run]"], api, key: rig.buyer)
                #expect(table.output.contains("METADATA[RUN]") && table.output.contains("total"), "\(table.output)")
                try await rig.booksAgree(api)
            }
        }
    }

    @Test func `an interrupted export is resumed behind its last whole order`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                try await buy(api, 0..<25)
                let file = rig.place.folder + "/orders.csv"
                let whole = try await run(["orders", "export"], api, key: rig.buyer)
                let lines = whole.output.split(separator: "\r\n", omittingEmptySubsequences: false)
                #expect(lines.count == 27)
                // As a broken connection leaves it: ten orders, and a piece of the next.
                let rest = lines.prefix(11).joined(separator: "\r\n") + "\r\n" + lines[11].prefix(9)
                try rest.write(toFile: file + ".part", atomically: false, encoding: .utf8)
                let refused = try await run(["orders", "export", "--output", file], api, key: rig.buyer)
                #expect(await refused.status() == 2)
                let key = try #require(KeyToken.keyID(in: rig.buyer))
                try "/orders?format=csv\n\(key)".write(
                    toFile: file + ".part.query", atomically: false, encoding: .utf8)
                // Another key may see other orders, or be of another gateway.
                let stranger = try await run(
                    ["orders", "export", "--output", file, "--resume"], api, key: rig.operatorKey)
                #expect(await stranger.status() == 2)
                let other = try await run(
                    ["orders", "export", "--output", file, "--resume", "--status", "failed"], api, key: rig.buyer)
                #expect(await other.status() == 2)
                let resumed = try await run(["orders", "export", "--output", file, "--resume"], api, key: rig.buyer)
                #expect(await resumed.status() == 0, "\(resumed.error)")
                #expect(resumed.error.contains("25 orders in "))
                #expect(try String(contentsOfFile: file, encoding: .utf8) == whole.output)
                #expect(!FileManager.default.fileExists(atPath: file + ".part"))
                let again = try await run(["orders", "export", "--output", file], api, key: rig.buyer)
                #expect(await again.status() == 2)
            }
        }
    }

    @Test func `events that are followed survive a restart of the gateway, each once`() async throws {
        try await Rig.run { rig in
            var follower: CommandProcess?
            var ids: [String] = []
            let gateway = try await GatewayProcess.start(in: rig.place)
            let api = API(url: gateway.url, key: rig.buyer)
            follower = try CommandProcess(
                ["events", "--follow", "--json"], url: gateway.url, key: rig.operatorKey)
            try await buy(api, 0..<5)
            await gateway.kill()
            try rig.place.listen(on: gateway.url)
            try await rig.serving { api in
                try await buy(api, 5..<10)
                var after: String?
                repeat {
                    let page = try await api.with(rig.operatorKey)
                        .get("/events?limit=200" + (after.map { "&after=\($0)" } ?? "")).json
                    ids += (page["data"]?.array ?? []).compactMap { $0["id"]?.string }
                    after = page["next_cursor"]?.string
                } while after != nil
                let last = try #require(ids.last)
                while follower?.output.contains(last) == false { await Task.yield() }
                follower?.signal(SIGINT)
                _ = await follower?.status()
                let seen = try (follower?.output ?? "").split(separator: "\n").map {
                    try JSON(parsing: String($0))["id"]?.string
                }
                #expect(seen == ids)
                #expect(ids.count >= 30)
            }
        }
    }

    @Test func `an order is watched to its end`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let sold = try await api.buy(#"{"product":"residential","gb":1}"#, key: "k-1").orderID
                let watch = try await run(["orders", "watch", sold], api, key: rig.buyer)
                #expect(await watch.status() == 0, "\(watch.error)")
                #expect(watch.output.contains("order.pending") && watch.output.contains("order.completed"))
                let refused = try await api.buy(
                    #"{"product":"isp","country":"US","quantity":5000,"months":12,"vendor":"helodata"}"#, key: "k-2")
                #expect(refused.word == "insufficient_balance" || refused.word == "insufficient_inventory")
                let failed = try await run(["orders", "watch", refused.orderID], api, key: rig.buyer)
                #expect(await failed.status() == 1, "\(failed.output)")
                let stranger = try await run(["orders", "watch", sold], api, key: rig.other)
                #expect(await stranger.status() == 1)
                #expect(stranger.output.isEmpty)
            }
        }
    }
}

extension Date {
    fileprivate init?(rfc3339Text text: String) {
        guard let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) else {
            return nil
        }
        self = date
    }
}

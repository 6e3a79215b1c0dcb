import Foundation
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Testing

/// Kills a process that is buying on paper, at an acknowledgement that a seed picks, and looks at what is left.
@Suite struct CrashTests {
    @Test(arguments: 0..<5) func `what was acknowledged survives a kill at any instant`(_: Int) async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...600, using: &random)
        try await StorePlace.temporary { place in
            let acknowledged = try await place.killedProbe(after: count)
            #expect(acknowledged.count >= count, "seed \(seed)")
            try await place.withStore { store in
                try await expectEverything(acknowledged, in: store, "seed \(seed)")
            }
        }
    }

    private func expectEverything(
        _ acknowledged: [String], in store: SQLiteOrderStore, _ seed: String
    ) async throws {
        let orders = Dictionary(uniqueKeysWithValues: try await store.unsettled().map { ($0.id.text, $0) })
        let actions = try await store.unsettledActions()
        let actionIDs = Set(actions.map(\.id.text))
        let actionsOfOrder = Dictionary(grouping: actions, by: \.orderID)
        for line in acknowledged {
            if line.hasPrefix("act_") {
                #expect(actionIDs.contains(line), "\(seed): \(line) is lost")
                continue
            }
            let order = orders[line.replacing("+", with: "")]
            #expect(order != nil, "\(seed): \(line) is lost")
            if line.hasSuffix("+") { #expect(order?.status == .purchasing, "\(seed): \(line)") }
        }
        for order in orders.values {
            let events = try await store.events(of: order.id)
            #expect(events.map(\.number) == Array(1...order.eventCount), "\(seed)")
            #expect(events.last?.state == order.status, "\(seed)")
            #expect(order.attempts.count == (order.status == .purchasing ? 1 : 0), "\(seed)")
            let told = Set(events.compactMap(\.actionID))
            #expect(told == Set((actionsOfOrder[order.id] ?? []).map(\.id)), "\(seed)")
        }
    }
}

extension StorePlace {
    /// Runs `StoreCrashProbe` here until it has acknowledged so much, kills it, and gives all that it acknowledged.
    fileprivate func killedProbe(after count: Int) async throws -> [String] {
        let process = Process()
        let output = Pipe()
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("StoreCrashProbe")
        process.arguments = [path]
        process.standardOutput = output
        try process.run()
        let read = Task.detached {
            var text = Data()
            while true {
                let part = output.fileHandleForReading.availableData
                if part.isEmpty { return text }
                text += part
                if text.count(where: { $0 == UInt8(ascii: "\n") }) >= count { kill(process.processIdentifier, SIGKILL) }
            }
        }
        let text = await read.value
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

import ExactJSON
import Foundation
import Testing

/// `purser backup` and `purser verify`, on a database that is served and on one that is not.
@Suite struct BackupTests {
    @Test func `a backup that is made while orders come in is whole, and a gateway goes on with it`() async throws {
        try await Rig.run { rig in
            let backup = rig.place.folder + "/backup.db"
            try await rig.serving { api in
                for _ in 0..<5 { #expect(try await Self.bought(api) == 201) }
                async let orders: Void = Self.buy(20, api)
                let (status, output) = try await rig.place.run(
                    ["backup", "--config", rig.place.configuration, "--json", backup])
                try await orders
                #expect(status == 0, "\(output)")
                let told = try JSON(parsing: output)
                #expect((told["orders"]?.int ?? 0) >= 5, "\(output)")
                let attributes = try FileManager.default.attributesOfItem(atPath: backup)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                #expect(attributes[.size] as? Int == told["bytes"]?.int)
                // Again: what is there stays.
                let again = try await rig.place.run(["backup", "--config", rig.place.configuration, backup])
                #expect(again.status == 2, "\(again.output)")
                let served = try await rig.place.run(["verify", "--config", rig.place.configuration, "--json"])
                #expect(served.status == 0, "\(served.output)")
                #expect(try JSON(parsing: served.output)["orders"]?.int == 25)
                let rebuilding = try await rig.place.run(
                    ["verify", "--config", rig.place.configuration, "--rebuild-sums"])
                #expect(rebuilding.status == 2, "\(rebuilding.output)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: rig.place.folder)
            #expect(!left.contains { $0.hasSuffix(".part") || $0.hasPrefix("backup.db-") }, "\(left)")
            let verified = try await rig.place.run(["verify", backup])
            #expect(verified.status == 0, "\(verified.output)")
            // The file that was served, and one that a gateway opens after a restore.
            let own = try await rig.place.run(["verify", "--config", rig.place.configuration])
            #expect(own.status == 0, "\(own.output)")
            for end in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: rig.place.database + end) {
                try FileManager.default.removeItem(atPath: rig.place.database + end)
            }
            try FileManager.default.copyItem(atPath: backup, toPath: rig.place.database)
            try await rig.serving { api in
                let orders = try await api.get("/orders")
                #expect(orders.status == 200)
            }
        }
    }

    @Test func `a backup of a database that is not whole is not kept`() async throws {
        try await Rig.run { rig in
            try await rig.serving { api in
                let status = try await Self.bought(api)
                #expect(status == 201)
            }
            let sums = try await rig.place.run(
                ["verify", "--config", rig.place.configuration, "--rebuild-sums", "--json"])
            #expect(sums.status == 0, "\(sums.output)")
            // The text stands for a status on its pages; an order is where its events do not say.
            var bytes = try Data(contentsOf: URL(filePath: rig.place.database))
            let (old, new) = (Data("order.completed".utf8), Data("order.canceled!".utf8))
            while let range = bytes.range(of: old) { bytes.replaceSubrange(range, with: new) }
            try bytes.write(to: URL(filePath: rig.place.database))
            let backup = rig.place.folder + "/backup.db"
            let (status, output) = try await rig.place.run(["backup", "--config", rig.place.configuration, backup])
            #expect(status == 1, "\(output)")
            #expect(output.contains("is not whole"), "\(output)")
            let verified = try await rig.place.run(["verify", "--config", rig.place.configuration, "--json"])
            #expect(verified.status == 1)
            let left = try FileManager.default.contentsOfDirectory(atPath: rig.place.folder)
            #expect(!left.contains { $0.hasPrefix("backup.db") }, "\(left)")
        }
    }

    private static func buy(_ count: Int, _ api: API) async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count { group.addTask { try await bought(api) } }
            for try await status in group { #expect(status == 201) }
        }
    }

    private static func bought(_ api: API) async throws -> Int {
        try await api.buy(#"{"product":"residential","gb":5}"#, key: UUID().uuidString).status
    }
}

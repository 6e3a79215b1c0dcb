import Foundation
import GRDB
import Purchasing
import PurchasingTestKit
import SQLiteStore
import Testing

@Suite struct OpeningTests {
    @Test func `a store that was closed comes back`() async throws {
        try await StorePlace.temporary { place in
            let change = OrderChange.accepting(.example())
            try await place.withStore { store in _ = try await store.accept(change) }
            #expect(try await place.unsettled() == [change.order])
        }
    }

    @Test func `its files are for their owner only`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                try await store.probe()
                for suffix in ["", "-wal", "-shm", ".lock"] { #expect(try place.mode(suffix) == 0o600, "\(suffix)") }
            }
        }
    }

    @Test func `files that others may read are closed to them`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            try place.setMode(0o664)
            _ = try await place.unsettled()
            #expect(try place.mode("") == 0o600)
        }
    }

    @Test func `a second one is refused, and told which process has the store`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { store in
                let own = Int(ProcessInfo.processInfo.processIdentifier)
                #expect(throws: StoreOpeningError.inUse(path: place.path, process: own)) { try place.open() }
                try await store.probe()
            }
            try await place.withStore { _ in }
        }
    }

    @Test func `a link to the file does not get around the lock`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in
                let link = StorePlace(directory: place.directory + "/other")
                try FileManager.default.createSymbolicLink(
                    atPath: link.directory, withDestinationPath: place.directory)
                #expect(throws: StoreOpeningError.self) { try link.open() }
            }
        }
    }

    @Test func `a directory that is not there is named`() async throws {
        try await StorePlace.temporary { place in
            let missing = place.directory + "/missing"
            #expect(throws: StoreOpeningError.noDirectory(missing)) { try StorePlace(directory: missing).open() }
        }
    }

    @Test func `a file that is no database is refused and left alone`() async throws {
        try await StorePlace.temporary { place in
            try place.expectRefusal(.notADatabase(place.path)) {
                try place.overwrite(with: Data(String(repeating: "orders\n", count: 2000).utf8))
            }
        }
    }

    @Test func `an empty file is a loss, not a beginning`() async throws {
        try await StorePlace.temporary { place in
            try place.expectRefusal(.emptyFile(place.path)) { try place.overwrite(with: Data()) }
        }
    }

    @Test func `a log without its database is a loss`() async throws {
        try await StorePlace.temporary { place in
            try Data(repeating: 1, count: 100).write(to: URL(fileURLWithPath: place.path + "-wal"))
            #expect(throws: StoreOpeningError.databaseMissing(place.path)) { try place.open() }
            #expect(try place.size("-wal") == 100)
        }
    }

    /// A gateway that has emptied its log leaves it there, and a new database has none before it stands at its path.
    @Test func `an empty log without its database is a loss too`() async throws {
        try await StorePlace.temporary { place in
            try Data().write(to: URL(fileURLWithPath: place.path + "-wal"))
            #expect(throws: StoreOpeningError.databaseMissing(place.path)) { try place.open() }
        }
    }

    @Test func `another program's database is refused and left alone`() async throws {
        try await StorePlace.temporary { place in
            try place.expectRefusal(.foreignDatabase(place.path)) {
                try place.sql { db in try db.execute(sql: "CREATE TABLE note (text TEXT)") }
            }
        }
    }

    @Test func `a newer Purser's database is refused and left alone`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            try place.expectRefusal(.newerSchema(path: place.path, unknown: ["budgets"])) {
                try place.sql { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('budgets')") }
            }
        }
    }

    @Test func `a read-only file is refused`() async throws {
        try await StorePlace.temporary { place in
            try await place.withStore { _ in }
            try place.expectRefusal(.notPermitted(path: place.path, reason: "it is read-only")) {
                try place.setMode(0o444)
            }
            #expect(try place.mode("") == 0o444)
        }
    }

    @Test func `a directory in the file's place is refused`() async throws {
        try await StorePlace.temporary { place in
            try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: false)
            #expect(throws: StoreOpeningError.notADatabase(place.path)) { try place.open() }
        }
    }

    /// Page by page: whichever is damaged, the store does not open as if nothing were wrong.
    @Test func `a damaged page is found before the store opens`() async throws {
        try await StorePlace.temporary { place in
            try await place.fill()
            let sound = try place.content()
            let pages = sound.count / 4096
            for page in stride(from: 0, to: pages, by: max(1, pages / 12)) {
                var damaged = sound
                damaged.replaceSubrange(page * 4096..<page * 4096 + 200, with: Data(repeating: 0xFF, count: 200))
                try place.overwrite(with: damaged)
                let error = #expect(throws: StoreOpeningError.self, "page \(page)") { try place.open() }
                #expect(error?.description.contains { $0.isNewline } == false, "page \(page)")
                #expect(try place.content() == damaged, "page \(page)")
            }
            try place.overwrite(with: sound)
            #expect(try await place.unsettled().count == 100)
        }
    }

    @Test(arguments: [1, 100, 4096, 4097, 40_960]) func `a file that was cut is refused`(length: Int) async throws {
        try await StorePlace.temporary { place in
            try await place.fill()
            let cut = try place.content().prefix(length)
            try place.overwrite(with: cut)
            #expect(throws: StoreOpeningError.self) { try place.open() }
            #expect(try place.content() == cut)
        }
    }

    @Test func `rows that refer to missing ones are found`() async throws {
        try await StorePlace.temporary { place in
            try await place.fill()
            try place.sql { db in
                try db.execute(
                    sql: """
                        PRAGMA foreign_keys = OFF; DROP TRIGGER order_is_kept;
                        DELETE FROM purchase_order WHERE id IN (SELECT id FROM purchase_order LIMIT 1)
                        """)
            }
            #expect(
                throws: StoreOpeningError.damaged(path: place.path, finding: "1 rows refer to others that are missing")
            ) {
                try place.open()
            }
        }
    }

    @Test func `who touches nothing but keys reads no more than that, of a file that is up to date`() async throws {
        try await StorePlace.temporary { place in
            try await place.fill()
            try place.sql { db in
                try db.execute(
                    sql: """
                        PRAGMA foreign_keys = OFF; DROP TRIGGER order_is_kept;
                        DELETE FROM purchase_order WHERE id IN (SELECT id FROM purchase_order LIMIT 1)
                        """)
            }
            #expect(throws: StoreOpeningError.self) { try place.open(checkingAll: true) }
            let store = try place.open(checkingAll: false)
            try store.close()
            // What has to be brought up to date is read whole.
            try place.sql { db in try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'refunds'") }
            #expect(throws: StoreOpeningError.self) { try place.open(checkingAll: false) }
        }
    }

    @Test func `a beginning that was cut short is begun again`() async throws {
        try await StorePlace.temporary { place in
            try Data("half a database".utf8).write(to: URL(fileURLWithPath: place.path + ".new"))
            try await place.withStore { store in try await store.probe() }
            #expect(!FileManager.default.fileExists(atPath: place.path + ".new"))
        }
    }

    @Test(arguments: [
        StoreOpeningError.noDirectory("/x"), .notPermitted(path: "/x", reason: "r"), .inUse(path: "/x", process: 7),
        .emptyFile("/x"), .databaseMissing("/x"), .notADatabase("/x"), .foreignDatabase("/x"),
        .damaged(path: "/x", finding: "f"), .newerSchema(path: "/x", unknown: ["n"]), .notDurable("f"),
        .failed(path: "/x", reason: "r"),
    ])
    func `every refusal is one line`(error: StoreOpeningError) {
        #expect(!error.description.contains("\n"))
        #expect(error.description.count >= 20)
    }
}

extension StorePlace {
    /// A store with a hundred orders, closed again.
    fileprivate func fill() async throws {
        try await withStore { store in
            for _ in 0..<100 { _ = try await store.accept(.accepting(.example())) }
        }
    }

    fileprivate func content() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    fileprivate func overwrite(with data: Data) throws { try data.write(to: URL(fileURLWithPath: path)) }

    fileprivate func mode(_ suffix: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path + suffix)[.posixPermissions] as? Int)
    }

    fileprivate func setMode(_ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// Spoils the file, and expects that the store says so and does not touch it.
    fileprivate func expectRefusal(
        _ error: StoreOpeningError, sourceLocation: SourceLocation = #_sourceLocation, spoiling: () throws -> Void
    ) throws {
        try spoiling()
        let before = try content()
        #expect(throws: error, sourceLocation: sourceLocation) { try open() }
        #expect(try content() == before, sourceLocation: sourceLocation)
    }
}

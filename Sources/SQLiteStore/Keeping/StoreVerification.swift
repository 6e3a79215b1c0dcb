import GRDB

/// What came of holding a database against everything that must be true of it.
public struct StoreVerification: Sendable, Hashable {
    /// One rule, and what breaks it.
    public struct Check: Sendable, Hashable {
        /// A stable word for programs.
        public let name: String
        /// What must hold, as a sentence.
        public let rule: String
        public let outcome: Outcome
    }

    /// What came of one check.
    public enum Outcome: Sendable, Hashable {
        case holds
        /// The first things that break the rule, and whether there are more.
        case broken(first: [String], hasMore: Bool)
        /// The file was made before there was anything to check; the next start brings it up to date.
        case older
    }

    public let checks: [Check]
    /// How much there is of each; nil where it could not be counted.
    public let orders: Int?
    public let events: Int?
    public let actions: Int?

    public var isGood: Bool { broken.isEmpty }

    /// The checks that found something.
    public var broken: [Check] {
        checks.filter { if case .broken = $0.outcome { true } else { false } }
    }

    /// How many findings of a check are told.
    static let mostFindings = 5
}

extension StoreVerification {
    /// Runs every check in one state of the database.
    /// - Parameter thoroughly: whether indexes are held against their tables too, which takes several times as long.
    /// - Throws: `DatabaseError` when the database cannot be read at all.
    init(_ db: Database, thoroughly: Bool) throws {
        let applied = Set(try Migrations.all.appliedIdentifiers(db))
        var checks = [
            Self.check("file", "every page, row and index is whole") {
                let pragma = thoroughly ? "integrity_check" : "quick_check"
                let findings = try String.fetchAll(db, sql: "PRAGMA \(pragma)(\(Self.mostFindings + 1))")
                return findings == ["ok"]
                    ? [] : findings.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
            },
            Self.check("references", "no row refers to one that is missing") {
                try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check").prefix(Self.mostFindings + 1)
                    .map {
                        "row \($0[1] as Int64? ?? 0) of \($0[0] as String) refers to a missing row of \($0[2] as String)"
                    }
                    .reduce(into: []) { $0.append($1) }
            },
            Self.check("application", "the file is marked as Purser's") {
                let id = try Int32.fetchOne(db, sql: "PRAGMA application_id")
                return id == Migrations.applicationID ? [] : ["its mark is \(id ?? 0)"]
            },
            Self.check("migrations", "this Purser knows every migration that made the file") {
                applied.subtracting(Migrations.all.migrations).sorted()
            },
            Self.defences(db, applied: applied),
        ]
        checks += StoreCheck.all.map { check in
            guard applied.contains(check.migration) else {
                return Check(name: check.name, rule: check.rule, outcome: .older)
            }
            return Self.check(check.name, check.rule) {
                try String?.fetchAll(db, sql: "SELECT * FROM (\(check.sql)) LIMIT \(Self.mostFindings + 1)")
                    .map { $0 ?? "a row with a null where none may be" }
            }
        }
        self.checks = checks
        orders = Self.count("purchase_order", db)
        events = Self.count("event", db)
        actions = applied.contains("actions") ? Self.count("action", db) : nil
    }

    private static func check(_ name: String, _ rule: String, _ findings: () throws -> [String]) -> Check {
        let found: [String]
        do { found = try findings() } catch let error as DatabaseError {
            found = ["it cannot be read: \(error.message ?? "error \(error.extendedResultCode.rawValue)")"]
        } catch { found = ["it cannot be read"] }
        return Check(
            name: name, rule: rule,
            outcome: found.isEmpty
                ? .holds : .broken(first: Array(found.prefix(mostFindings)), hasMore: found.count > mostFindings))
    }

    /// Holds the triggers and indexes of the file against those of a new one with the same migrations.
    private static func defences(_ db: Database, applied: Set<String>) -> Check {
        check("defences", "every trigger and index that guards the file is there, word for word") {
            let known = Migrations.all.migrations.filter(applied.contains)
            guard let last = known.last else { return [] }
            let fresh = try DatabaseQueue()
            try Migrations.all.migrate(fresh, upTo: last)
            let wanted = try fresh.read(definitions)
            let found = try definitions(db)
            let changed = wanted.filter { found[$0.key] != nil && found[$0.key] != $0.value }.keys
            return wanted.keys.filter { found[$0] == nil }.sorted().map { "\($0) is missing" }
                + changed.sorted().map { "\($0) is another" }
                + found.keys.filter { wanted[$0] == nil }.sorted().map { "\($0) is not Purser's" }
        }
    }

    private static func definitions(_ db: Database) throws -> [String: String] {
        let sql =
            "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        return try Row.fetchAll(db, sql: sql).reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }

    private static func count(_ table: String, _ db: Database) -> Int? {
        do { return try Int.fetchOne(db, sql: "SELECT count(*) FROM " + table) } catch { return nil }
    }
}

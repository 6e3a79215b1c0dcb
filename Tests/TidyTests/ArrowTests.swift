import Foundation
import Testing

/// The house keeps its shape: which room may import which.
@Suite struct ArrowTests {
    /// Our own targets, and what each may import of them.
    static let ours: [String: Set<String>] = [
        "ExactJSON": [],
        "Measuring": [],
        "Purchasing": ["ExactJSON", "Measuring"],
        "VendorHTTP": ["ExactJSON", "Purchasing"],
        "WebhookHTTP": ["Purchasing"],
        "HeloDataVendor": ["ExactJSON", "Purchasing", "VendorHTTP"],
        "LegacyVendor": ["ExactJSON", "Purchasing", "VendorHTTP"],
        "SQLiteStore": ["ExactJSON", "Purchasing"],
        "GatewayAPI": ["ExactJSON", "Measuring", "Purchasing"],
        "VendorSandbox": [],
        "purser": [
            "ExactJSON", "Purchasing", "VendorHTTP", "HeloDataVendor", "LegacyVendor", "SQLiteStore", "GatewayAPI",
            "VendorSandbox", "WebhookHTTP",
        ],
    ]

    /// The one room that may import each technology.
    static let technologies: [String: Set<String>] = [
        "GRDB": ["SQLiteStore"],
        "AsyncHTTPClient": ["VendorHTTP", "WebhookHTTP", "purser"],
        "Hummingbird": ["GatewayAPI", "VendorSandbox"],
        "HummingbirdCore": ["GatewayAPI", "VendorSandbox", "purser"],
        "ArgumentParser": ["purser"],
        "Yams": ["GatewayAPI", "purser"],
    ]

    @Test(arguments: ours.keys.sorted()) func `a room imports only what the table allows`(room: String) throws {
        let allowed = try #require(Self.ours[room])
        for (file, module) in try Project.imports(under: "Sources/\(room)") {
            if Self.ours[module] != nil { #expect(allowed.contains(module), "\(file) imports \(module)") }
            if let rooms = Self.technologies[module] { #expect(rooms.contains(room), "\(file) imports \(module)") }
        }
    }

    @Test func `every room is in the table`() throws {
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Project.root + "/Sources")
        #expect(Set(rooms.filter { !$0.hasPrefix(".") }) == Set(Self.ours.keys))
    }
}

/// Habits that a compiler does not keep.
@Suite struct HabitTests {
    /// An error on the money path is handled where it is thrown, so that none is lost.
    @Test(arguments: [
        "Sources/Purchasing/Buying", "Sources/Purchasing/Settling", "Sources/Purchasing/Actions",
        "Sources/Purchasing/Expiry", "Sources/SQLiteStore", "Sources/HeloDataVendor", "Sources/LegacyVendor",
        "Sources/VendorHTTP", "Sources/WebhookHTTP", "Sources/Purchasing/Webhooks",
    ])
    func `the money path swallows no error`(folder: String) throws {
        for (file, line) in try Project.lines(under: folder) {
            #expect(!line.contains(" try? "), "\(file): \(line)")
            #expect(!line.contains("catch {}"), "\(file): \(line)")
        }
    }

    @Test func `no money is a binary fraction`() throws {
        for folder in ["Sources/Purchasing/Orders", "Sources/HeloDataVendor", "Sources/LegacyVendor"] {
            for (file, line) in try Project.lines(under: folder) where line.contains("Double") {
                let isTime =
                    line.contains("seconds") || line.contains("milliseconds") || line.contains("///")
                    || line.contains("//")
                #expect(isTime, "\(file): \(line)")
            }
        }
    }

    @Test func `a file fits in one sitting`() throws {
        for file in try Project.files(under: "Sources", extensions: ["swift"])
        where !file.hasSuffix("OpenAPIDocument+Text.swift") {
            #expect(
                try Project.text(file).split(separator: "\n", omittingEmptySubsequences: false).count <= 420, "\(file)")
        }
    }

    @Test func `no vendor is named outside its room`() throws {
        for (file, line) in try Project.lines(under: "Sources/Purchasing")
        where !line.contains("///") && !line.contains("//") {
            #expect(!line.localizedCaseInsensitiveContains("\"helodata"), "\(file): \(line)")
            #expect(!line.localizedCaseInsensitiveContains("\"legacy"), "\(file): \(line)")
        }
    }

    @Test func `the README stays short`() throws {
        #expect(try Project.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count < 150)
    }
}

/// The project's own files.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .path(percentEncoded: false).trimmingSuffix("/")

    static func text(_ file: String) throws -> String { try String(contentsOfFile: root + "/" + file, encoding: .utf8) }

    static func files(under folder: String, extensions: Set<String>) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
            .filter { extensions.contains(URL(filePath: $0).pathExtension) }
            .map { folder + "/" + $0 }.sorted()
    }

    static func lines(under folder: String) throws -> [(file: String, line: String)] {
        try files(under: folder, extensions: ["swift"]).flatMap { file in
            try text(file).split(separator: "\n").map { (file, String($0)) }
        }
    }

    /// Every module that files under a folder import.
    static func imports(under folder: String) throws -> [(file: String, module: String)] {
        try lines(under: folder).compactMap { file, line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 2, index + 1 < words.count else { return nil }
            guard
                words[..<index].allSatisfy({
                    ["public", "internal", "private", "package", "@testable", "@preconcurrency"].contains($0)
                })
            else { return nil }
            return (file, String(words[index + 1].prefix { $0 != "." }))
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}

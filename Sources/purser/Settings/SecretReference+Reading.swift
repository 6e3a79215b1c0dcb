import Foundation
import Purchasing

extension SecretReference {
    /// A key is short; a longer file is none.
    private static let longest = 8192

    /// Reads the secret.
    /// - Parameters:
    ///   - environment: the variables to look in.
    ///   - directory: where relative paths start.
    /// - Throws: `Complaint`, without anything that was read.
    func secret(environment: [String: String], directory: String) throws(Complaint) -> Secret {
        switch self {
        case .environment(let name):
            guard let value = environment[name] else { throw Complaint("the environment variable \(name) is not set") }
            return try Self.trimmed(value, orComplain: "the environment variable \(name) is empty")
        case .file(let path):
            return try Self.trimmed(
                String(decoding: Self.contents(of: path.resolved(in: directory)), as: UTF8.self),
                orComplain: "the file is empty")
        }
    }

    /// What should be known about a key's file although it is no fault; nil when there is nothing.
    func warning(directory: String) -> String? {
        guard case .file(let path) = self else { return nil }
        // `stat` itself has two names here: NIO's C library declares one of its own.
        let file = URL(filePath: path.resolved(in: directory)).resolvingSymlinksInPath().path
        guard let mode = (try? FileManager.default.attributesOfItem(atPath: file))?[.posixPermissions] as? Int,
            mode & 0o077 != 0
        else { return nil }
        return "others than its owner may use the file (mode 0\(String(mode & 0o777, radix: 8)))"
    }

    private static func contents(of path: String) throws(Complaint) -> [UInt8] {
        do throws(FileReadingError) {
            return try FileReading.contents(of: path, limit: longest)
        } catch {
            // What is no path of anything may be the key itself, put where its file belongs.
            let name = access(path, F_OK) == 0 ? "the file \(path)" : "the file"
            throw Complaint("\(name) cannot be read: \(error.reason)")
        }
    }

    /// The text without the blanks and line ends around it, which editors and `echo` add.
    private static func trimmed(_ text: String, orComplain complaint: String) throws(Complaint) -> Secret {
        let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !value.isEmpty else { throw Complaint(complaint) }
        return Secret(value)
    }
}

extension String {
    /// This path, started at a directory when it is relative.
    func resolved(in directory: String) -> String {
        hasPrefix("/") || directory.isEmpty ? self : "\(directory)/\(self)"
    }
}

/// Why a file could not be read, in the system's words; nothing of its content.
struct FileReadingError: Error, Hashable {
    let reason: String
}

/// Reads small files whole.
enum FileReading {
    /// The bytes of a file.
    /// - Throws: when it cannot be read, is a directory, or is longer than `limit`.
    static func contents(of path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { _ = close(descriptor) }
        var contents: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = read(descriptor, &part, part.count)
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return contents }
            contents += part.prefix(count)
            guard contents.count <= limit else { throw FileReadingError(reason: "it is longer than \(limit) bytes") }
        }
    }

    private static func failure() -> FileReadingError { FileReadingError(reason: String(cString: strerror(errno))) }
}

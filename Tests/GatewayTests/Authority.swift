import Foundation
import Testing

/// Vouches for certificates, made with `openssl` in the folder of a test.
struct Authority: Sendable {
    private let folder: String

    /// A certificate and its private key, as PEM files.
    struct Certificate: Sendable {
        let file: String
        let key: String
    }

    /// Its own certificate.
    var file: String { folder + "/authority.pem" }

    init(in folder: String, name: String = "a company's authority") throws {
        self.folder = folder
        try openssl(
            ["req", "-x509"] + Self.newKey
                + ["-keyout", folder + "/authority.key", "-out", file, "-subj", "/CN=\(name)", "-days", "2"])
    }

    /// A certificate that it vouches for.
    /// - Parameters:
    ///   - subject: whom it is for: `IP:127.0.0.1`, `DNS:vendor.example`.
    ///   - days: how long it is in force; -1 for one that ended a day ago.
    func certificate(for subject: String, days: Int) throws -> Certificate {
        let name = folder + "/" + UUID().uuidString
        let (key, request, file) = (name + ".key", name + ".csr", name + ".pem")
        try openssl(
            ["req"] + Self.newKey
                + ["-keyout", key, "-out", request, "-subj", "/CN=vendor", "-addext", "subjectAltName=\(subject)"])
        try openssl([
            "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", folder + "/authority.key", "-CAcreateserial",
            "-out", file, "-days", "\(days)", "-copy_extensions", "copyall",
        ])
        return Certificate(file: file, key: key)
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.first ?? "") failed")
    }
}

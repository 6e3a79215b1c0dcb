import Foundation
import Testing

/// A server on loopback that speaks TLS with a certificate of its own making: `openssl s_server`.
struct Impostor {
    let port: Substring
    private let process: Process

    static func start(in folder: String) async throws -> Impostor {
        let (key, certificate) = (folder + "/impostor.key", folder + "/impostor.pem")
        let making = Process()
        making.executableURL = URL(filePath: "/usr/bin/env")
        making.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj",
            "/CN=127.0.0.1", "-days", "1",
        ]
        making.standardError = FileHandle.nullDevice
        try making.run()
        making.waitUntilExit()
        try #require(making.terminationStatus == 0, "openssl makes no certificate")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var said = ""
        while !said.contains(/ACCEPT 127\.0\.0\.1:\d+\n/) {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "openssl does not serve")
            said += String(decoding: data, as: UTF8.self)
        }
        let line = try #require(said.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)\n/))
        return Impostor(port: line.1, process: process)
    }

    func stop() { process.terminate() }
}

import ExactJSON
import Foundation
import Testing
import VendorSandbox

/// What a vendor's certificate must be before anything is sent to it, through the built program and its `ca_file`.
@Suite(.serialized, .timeLimit(.minutes(2))) struct VendorCertificateTests {
    /// Runs a gateway whose HeloData is behind TLS.
    /// - Parameter isTrusted: whether the configuration names the authority.
    private static func serving(
        for subject: String, days: Int, isTrusted: Bool = true, _ body: (Rig, TLSFront, API) async throws -> Void
    ) async throws {
        var tuning = Tuning()
        tuning.deadline = "1s"
        try await Rig.run(tuning: tuning) { rig in
            let authority = try Authority(in: rig.place.folder)
            let target = rig.place.heloDataURL.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) }
            let certificate = try authority.certificate(for: subject, days: days)
            try await TLSFront.run(certificate, target: try #require(target)) { front in
                let text = try String(contentsOfFile: rig.place.configuration, encoding: .utf8)
                let address = #""https://127.0.0.1:\#(front.port)/v1""#
                try text.replacing(
                    #""\#(rig.place.heloDataURL)""#,
                    with: isTrusted ? address + #", ca_file: "\#(authority.file)""# : address
                ).write(toFile: rig.place.configuration, atomically: true, encoding: .utf8)
                try await rig.serving { api in try await body(rig, front, api) }
            }
        }
    }

    @Test func `a vendor whose certificate an authority of the configuration vouches for is bought from`() async throws
    {
        try await Self.serving(for: "IP:127.0.0.1", days: 1) { rig, front, api in
            let answer = try await api.buy(Body.residential, key: "k-1")
            #expect(answer.status == 201 && answer.word == "completed", "\(answer.text)")
            #expect(front.bytesReceived > 0)
            try await rig.booksAgree(api)
        }
    }

    @Test(arguments: [
        (subject: "IP:127.0.0.2", days: 1, isTrusted: true), (subject: "DNS:vendor.example", days: 1, isTrusted: true),
        (subject: "IP:127.0.0.1", days: -1, isTrusted: true), (subject: "IP:127.0.0.1", days: 1, isTrusted: false),
    ])
    func `a certificate for another host, one that is over, or one of an unknown authority is sent nothing`(
        subject: String, days: Int, isTrusted: Bool
    ) async throws {
        try await Self.serving(for: subject, days: days, isTrusted: isTrusted) { rig, front, api in
            let answer = try await api.buy(Body.residential, key: "k-1")
            #expect(answer.status == 503 && answer.word == "vendor_unavailable", "\(answer.text)")
            #expect(answer.json["money_state"] == "not_spent")
            let order = try await api.get("/orders/\(answer.orderID)").json
            #expect(order["attempts"]?.array?.first?["outcome"] == "not_sent", "\(order.text)")
            #expect(answer.json["detail"]?.string?.contains("tls_failed") == true, "\(answer.text)")
            #expect(front.bytesReceived == 0)
            #expect(rig.vendors.heloData.calls(of: .order) == 0)
        }
    }
}

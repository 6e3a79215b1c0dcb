import FoundationEssentials
import Testing

@testable import GatewayAPI

@Suite
struct `HTTP dates` {
    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        ])
    func `are spelt as RFC 9110 wants them`(seconds: Double, expected: String) {
        #expect(Date(timeIntervalSince1970: seconds).httpDate == expected)
    }
}

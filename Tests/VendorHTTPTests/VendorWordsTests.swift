import ExactJSON
import Foundation
import Purchasing
import Testing

@testable import VendorHTTP

struct `The address of a vendor` {
    @Test(arguments: [
        "https://api.helodata.com/v1", "http://127.0.0.1:8080", "https://[::1]:443/a/b", "https://youproxy.io",
    ])
    func `is taken when it is plain`(_ text: String) throws {
        #expect(try VendorAddress(text).text == text)
        #expect(try VendorAddress(text + "/").text == text)
    }

    @Test(arguments: [
        "", "api.helodata.com", "ftp://a", "https://", "https:///v1", "https://user@host", "https://u:p@host/v1",
        "https://host?x", "https://host/v1?x=y", "https://host/v1#x", "https://host/a%2Fb", "https://host/../v1",
        "https://host//v1", "https://ho st", "https://host:0", "https://host:99999", "https://host:port",
        "https://host/v1\r\nX: y", "https://[host]", "https://hóst",
    ])
    func `is refused when anything hides in it`(_ text: String) {
        #expect(throws: InvalidVendorSettings.self) { try VendorAddress(text) }
    }
}

struct `A path component` {
    @Test(arguments: ["bat_01HXabc", "a.b", "0", "x-Y_z", String(repeating: "a", count: 128)])
    func `takes a token`(_ text: String) { #expect(VendorPathComponent(token: text) != nil) }

    @Test(arguments: [
        "", ".", "..", "...", "a/b", "a%2Fb", "a b", "a?b", "a#b", "a\r\n", "ä", "a\u{0}",
        String(repeating: "a", count: 129),
    ])
    func `takes nothing else`(_ text: String) { #expect(VendorPathComponent(token: text) == nil) }
}

struct `A credential` {
    @Test(arguments: ["", "a b", "a/b", "a%2F", "..", "a?", "ä", "a\n"])
    func `that would change a path is refused`(_ key: String) throws {
        let address = try VendorAddress("https://host")
        let error = #expect(throws: InvalidVendorSettings.self) {
            try VendorHTTPClient(address: address, credential: .pathSegment(Secret(key)), connections: 1)
        }
        #expect(error?.field == "api_key")
    }

    @Test(arguments: ["", "a b", "a\r\nX: y", "ä", String(repeating: "a", count: 4097)])
    func `that would not arrive in a header is refused`(_ key: String) throws {
        let address = try VendorAddress("https://host")
        #expect(throws: InvalidVendorSettings.self) {
            try VendorHTTPClient(address: address, credential: .bearer(Secret(key)), connections: 1)
        }
    }
}

struct `A wait told by a vendor` {
    /// 2024-05-30T00:39:52Z, eight seconds before 1717029600.
    private let now = Date(timeIntervalSince1970: 1_717_029_592)

    private func wait(_ headers: [String: String]) -> Duration {
        RetryAfter.wait(toldBy: VendorAnswer(status: 429, headers: headers, body: []), now: now)
    }

    @Test(arguments: [
        (["retry-after": "8"], 8), (["retry-after": "3600"], 3600), (["retry-after": "7200"], 3600),
        (["retry-after": "0"], 1), (["retry-after": "-5"], 30), (["retry-after": "soon"], 30),
        (["retry-after": "8, 9"], 30), (["retry-after": "1.5"], 30), (["retry-after": "99999999999999999999"], 30),
        ([:], 30), (["x-ratelimit-reset": "1717029600"], 8), (["x-ratelimit-reset": "1717029500"], 30),
        (["x-ratelimit-reset": "1717999999"], 3600), (["x-ratelimit-reset": "x"], 30),
        (["retry-after": "soon", "x-ratelimit-reset": "1717029600"], 8),
        (["retry-after": "3", "x-ratelimit-reset": "1717029600"], 3),
        (["retry-after": "Thu, 30 May 2024 00:40:22 GMT"], 30),
        (["retry-after": "Thu, 30 May 2024 00:39:58 GMT"], 6),
        (["retry-after": "Wed, 29 May 2024 00:39:58 GMT"], 1),
        (["retry-after": "Thu, 30 Mai 2024 00:39:58 GMT"], 30),
    ])
    func `is read as it was told`(_ headers: [String: String], _ seconds: Int) {
        #expect(wait(headers) == .seconds(seconds))
    }

    @Test func `is held against the clock of the vendor`() {
        let wrong = ["date": "Fri, 31 May 2024 00:39:52 GMT"]
        #expect(wait(wrong.merging(["x-ratelimit-reset": "1717116000"]) { $1 }) == .seconds(8))
        #expect(wait(wrong.merging(["retry-after": "Fri, 31 May 2024 00:40:00 GMT"]) { $1 }) == .seconds(8))
    }
}

struct `An amount in an answer` {
    @Test(arguments: [
        ("120.00", 120_000_000), ("225.00", 225_000_000), (#""4.57""#, 4_570_000), ("0", 0), ("0.000001", 1),
        ("9223372036854.775807", .max), ("1.230000000", 1_230_000), (#""120""#, 120_000_000),
    ])
    func `is read exactly`(_ text: String, _ millionths: Int64) throws {
        #expect(try JSON(parsing: text, as: .answer).exactAmount()?.count == millionths)
    }

    @Test(arguments: [
        "1e2", "1E400", "-1", "-0", "1.2345678", "123456789012345678901234567890", "0.0000001",
        "9223372036854.775808", "9999999999999", "null", "true", "[]", "{}",
        #""""#, #"" 1""#, #""1,5""#, #""NaN""#, #""Infinity""#, #""0x1F""#, #""+1""#, #""1.""#, #"".5""#, #""１""#,
    ])
    func `is not guessed`(_ text: String) throws {
        #expect(try JSON(parsing: text, as: .answer).exactAmount() == nil)
    }

    @Test func `may be below zero where that makes sense`() throws {
        #expect(try JSON(parsing: "-7.18").exactAmount(allowsSign: true) == Millionths(-7_180_000))
    }
}

import ArgumentParser
import ExactJSON
import Foundation
import Testing

@testable import purser

/// Options on a command line, and the body that they become.
@Suite struct OrderOptionsTests {
    static let bodies: [(options: String, body: String)] = [
        ("--product residential --gb 2.50", #"{"product":"residential","gb":2.50}"#),
        ("--gb 5 --product mobile --vendor helodata", #"{"product":"mobile","gb":5,"vendor":"helodata"}"#),
        (
            "--product isp --country us --quantity 20 --months 1 --city newyork --asn 7922 --max-total 150.0 --subuser sub_1",
            #"{"product":"isp","quantity":20,"months":1,"country":"us","city":"newyork","asn":7922,"subuser":"sub_1","max_total":"150.0"}"#
        ),
        (
            "--product ipv6 --country USA --quantity 3 --days 30 --protocol socks --auth-ip 203.0.113.7 --goal scraping",
            #"{"product":"ipv6","quantity":3,"days":30,"country":"USA","goal":"scraping","auth":{"type":"ip","ip":"203.0.113.7"},"protocol":"socks"}"#
        ),
        (
            "--product mobile --country us --quantity 1 --days 30 --mobile-operator verizon --rotation-seconds 300 --promo-code SAVE",
            #"{"product":"mobile","quantity":1,"days":30,"country":"us","mobile_operator":"verizon","rotation_seconds":300,"promo_code":"SAVE"}"#
        ),
        (
            "--product residential --gb 0.000001 --allow-unknown-price --metadata team=crawl --metadata note=a=b --metadata empty=",
            #"{"product":"residential","gb":0.000001,"allow_unknown_price":true,"metadata":{"team":"crawl","note":"a=b","empty":""}}"#
        ),
        // What is wrong with it is the gateway's to say.
        ("--product shoes --quantity 20.0 --city 7", #"{"product":"shoes","quantity":20.0,"city":"7"}"#),
    ]

    @Test(arguments: bodies.indices) func `options become a body, numbers digit for digit`(index: Int) throws {
        let (options, body) = Self.bodies[index]
        let order = try OrderOptions.parse(options.split(separator: " ").map(String.init))
        #expect(String(decoding: try order.body(), as: UTF8.self) == body)
    }

    @Test(arguments: [
        "", "--country us", "--product isp --gb two", "--product isp --gb 1e3", "--product isp --quantity 020",
        "--product isp --gb .5", "--product isp --months +1", "--product isp --metadata team",
        "--product isp --metadata a=1 --metadata a=2", "--body - --product isp", "--body - --metadata a=1",
        "--body - --allow-unknown-price",
    ])
    func `what is no order at all is refused here`(options: String) {
        #expect(throws: (any Error).self) {
            try OrderOptions.parse(options.split(separator: " ").map(String.init))
        }
    }

    @Test(arguments: [true, false]) func `a body goes out byte for byte`(isFile: Bool) throws {
        let directory = try TemporaryDirectory()
        let text = "{ \"gb\": 5.00,\r\n  \"product\": \"residential\" }\n"
        let file = try directory.file("order.json", text)
        let order = try OrderOptions.parse(["--body", isFile ? file : "-"])
        let input = try #require(FileHandle(forReadingAtPath: isFile ? "/dev/null" : file))
        #expect(String(decoding: try order.body(standardInput: input), as: UTF8.self) == text)
    }

    @Test func `a body that cannot be read, or is none, or is endless, is refused`() throws {
        let directory = try TemporaryDirectory()
        for path in [directory.path + "/missing", try directory.file("empty", ""), "/dev/zero"] {
            let order = try OrderOptions.parse(["--body", path])
            let failure = #expect(throws: CommandFailure.self) { try order.body() }
            #expect(failure?.status == ExitStatus.refused)
        }
    }
}

import ExactJSON
import Purchasing
import Testing

@Suite struct OrderRequestTests {
    /// One valid body of each product shape.
    static let valid: [(ProductShape, String)] = [
        (.residential, #"{"product":"residential","gb":50}"#),
        (.mobileByGB, #"{"product":"mobile","gb":0.5}"#),
        (
            .mobileByIP,
            #"{"product":"mobile","quantity":1,"months":1,"country":"US","mobile_operator":"verizon","rotation_seconds":300}"#
        ),
        (
            .isp,
            #"{"product":"isp","country":"US","city":"New York","asn":7922,"quantity":20,"months":1,"max_total":"150.00","metadata":{"team":"crawl"}}"#
        ),
        (
            .ipv4,
            #"{"product":"ipv4","country":"deu","quantity":3,"days":30,"goal":"scraping","auth":{"type":"ip","ip":"203.0.113.7"},"promo_code":"SAVE10"}"#
        ),
        (.ipv6, #"{"product":"ipv6","country":"US","quantity":10,"days":90,"protocol":"socks"}"#),
    ]

    @Test(arguments: valid) func `each product shape is read, and its normal form reads as the same`(
        shape: ProductShape, body: String
    ) throws {
        let request = try OrderRequest(json: JSON(parsing: body))
        #expect(request.shape == shape)
        #expect(try OrderRequest(json: JSON(parsing: request.normalForm)) == request)
        #expect(try OrderRequest(json: JSON(parsing: request.normalForm)).fingerprint == request.fingerprint)
        #expect(OrderRequest(normalForm: String(decoding: request.normalForm, as: UTF8.self), as: .request) == request)
    }

    @Test(arguments: [
        "{}", "[]", "", #"{"product":"teapot"}"#, #"{"gb":1,"product":"residential"}"#,
        #"{"product":"residential","gb":"1"}"#, #"{"product":"residential","gb":1e2}"#,
        #"{"product":"isp","country":"ZZ"}"#,
        #"{"product":"isp","colour":"red"}"#,
        #"{"product":"isp","auth":{"type":"ip"}}"#, #"{"product":"isp","auth":{"type":"login"}}"#,
        #"{"product":"ipv6","protocol":"ftp"}"#, #"{"product":"isp","max_total":"much"}"#,
        #"{"product":"isp","metadata":{"a":"1","a":"2"}}"#, #"{"product":"isp","metadata":{"a":1}}"#,
    ])
    func `what is no normal form is not read as one`(text: String) {
        #expect(OrderRequest(normalForm: text, as: .request) == nil)
    }

    @Test(arguments: [
        (
            #"{"product":"residential","gb":50}"#,
            #"{"vendor":"auto","gb":50.0,"product":"residential","max_total":null}"#
        ),
        (
            #"{"product":"isp","country":"US","quantity":20,"months":1,"city":"newyork"}"#,
            #"{"months":1,"product":"isp","city":"New York","quantity":20,"country":"usa"}"#
        ),
        (#"{"product":"residential","gb":1,"max_total":"5"}"#, #"{"product":"residential","gb":1,"max_total":5.00}"#),
        (
            #"{"product":"residential","gb":1,"metadata":{"a":"1","b":"2"}}"#,
            #"{"product":"residential","gb":1,"metadata":{"b":"2","a":"1"}}"#
        ),
        (
            #"{"product":"ipv4","country":"US","quantity":1,"days":30,"auth":{"type":"login"}}"#,
            #"{"product":"ipv4","country":"US","quantity":1,"days":30}"#
        ),
        (
            #"{"product":"ipv4","country":"US","quantity":1,"days":30,"auth":{"type":"ip","ip":"2001:DB8::1"}}"#,
            #"{"product":"ipv4","country":"US","quantity":1,"days":30,"auth":{"ip":"2001:db8:0::1","type":"ip"}}"#
        ),
    ])
    func `the same meaning has the same fingerprint`(one: String, other: String) throws {
        let first = try OrderRequest(json: JSON(parsing: one))
        let second = try OrderRequest(json: JSON(parsing: other))
        #expect(first == second)
        #expect(first.fingerprint == second.fingerprint)
    }

    @Test func `whatever changes what is bought changes the fingerprint`() throws {
        let bodies =
            Self.valid.map(\.1) + [
                #"{"product":"residential","gb":50.000001}"#, #"{"product":"residential","gb":50,"vendor":"helodata"}"#,
                #"{"product":"residential","gb":50,"max_total":"1.00"}"#,
                #"{"product":"residential","gb":50,"allow_unknown_price":true}"#,
                #"{"product":"residential","gb":50,"metadata":{"a":"b"}}"#,
                #"{"product":"isp","country":"US","quantity":20,"days":30}"#,
                #"{"product":"isp","country":"US","quantity":20,"months":1}"#,
            ]
        let prints = try bodies.map { try OrderRequest(json: JSON(parsing: $0)).fingerprint }
        #expect(Set(prints).count == bodies.count)
        #expect(prints.allSatisfy { $0.count == 64 })
    }

    /// A faulty body, and each fault as `pointer code`.
    static let faulty: [(String, Set<String>)] = [
        ("[]", [" not_an_object"]),
        ("{}", ["/product required"]),
        (#"{"product":"dsl"}"#, ["/product invalid_choice"]),
        (#"{"product":"residential"}"#, ["/gb required"]),
        (#"{"product":"residential","gb":0}"#, ["/gb invalid_gb"]),
        (#"{"product":"residential","gb":"50"}"#, ["/gb invalid_gb"]),
        (#"{"product":"residential","gb":1e2}"#, ["/gb invalid_gb"]),
        (#"{"product":"residential","gb":0.0000001}"#, ["/gb invalid_gb"]),
        (#"{"product":"residential","gb":50,"quantity":1}"#, ["/quantity not_applicable"]),
        (#"{"product":"residential","gb":50,"gbs":1}"#, ["/gbs unknown_field"]),
        (#"{"product":"residential","gb":50,"a/b~c":1}"#, ["/a~1b~0c unknown_field"]),
        (#"{"product":"mobile","gb":5,"quantity":2}"#, ["/gb conflicting_fields"]),
        (
            #"{"product":"mobile","quantity":2}"#,
            ["/months required", "/country required", "/mobile_operator required", "/rotation_seconds required"]
        ),
        (
            #"{"product":"isp","country":"XX","quantity":0,"months":1,"days":30}"#,
            ["/country unknown_country", "/quantity quantity_out_of_range", "/days conflicting_fields"]
        ),
        (#"{"product":"isp","country":"US","quantity":20}"#, ["/months required"]),
        (#"{"product":"isp","country":"US","quantity":"20","months":1}"#, ["/quantity not_an_integer"]),
        (#"{"product":"isp","country":"US","quantity":20.0,"months":1}"#, ["/quantity not_an_integer"]),
        (#"{"product":"isp","country":"US","quantity":2e1,"months":1}"#, ["/quantity not_an_integer"]),
        (
            #"{"product":"isp","country":"US","quantity":-1,"months":true}"#,
            ["/quantity quantity_out_of_range", "/months not_an_integer"]
        ),
        (
            #"{"product":"isp","country":"US","quantity":99999999999999999999,"months":1}"#,
            ["/quantity quantity_out_of_range"]
        ),
        (#"{"product":"ipv6","country":"US","quantity":1,"days":30}"#, ["/protocol required"]),
        (#"{"product":"ipv6","country":"US","quantity":1,"days":30,"protocol":"ftp"}"#, ["/protocol invalid_choice"]),
        (#"{"product":"ipv4","country":"US","quantity":1,"days":30,"auth":{"type":"ip"}}"#, ["/auth/ip required"]),
        (
            #"{"product":"ipv4","country":"US","quantity":1,"days":30,"auth":{"type":"ip","ip":"1.2.3"}}"#,
            ["/auth/ip invalid_ip"]
        ),
        (
            #"{"product":"ipv4","country":"US","quantity":1,"days":30,"auth":{"type":"key","x":1}}"#,
            ["/auth/x unknown_field", "/auth/type invalid_choice"]
        ),
        (#"{"product":"ipv4","country":"US","quantity":1,"days":30,"goal":"  "}"#, ["/goal invalid_text"]),
        (#"{"product":"ipv4","country":"US","quantity":1,"days":30,"promo_code":"a b"}"#, ["/promo_code invalid_text"]),
        (#"{"product":"isp","country":"US","quantity":5,"months":1,"subuser":"x"}"#, ["/subuser invalid_text"]),
        (#"{"product":"residential","gb":1,"max_total":"1,5"}"#, ["/max_total invalid_amount"]),
        (#"{"product":"residential","gb":1,"max_total":"+1"}"#, ["/max_total invalid_amount"]),
        (#"{"product":"residential","gb":1,"max_total":1e-7}"#, ["/max_total invalid_amount"]),
        (#"{"product":"residential","gb":1,"max_total":"12345678"}"#, ["/max_total invalid_amount"]),
        (#"{"product":"residential","gb":1,"max_total":"0.1234567"}"#, ["/max_total invalid_amount"]),
        (#"{"product":"residential","gb":1,"metadata":{"a":1}}"#, ["/metadata/a invalid_metadata"]),
        (
            #"{"product":"residential","gb":1,"client":"x","status":"completed","total":1}"#,
            ["/client unknown_field", "/status unknown_field", "/total unknown_field"]
        ),
        (
            #"{"product":"residential","gb":1,"vendor":7,"allow_unknown_price":"yes"}"#,
            ["/vendor unknown_vendor", "/allow_unknown_price not_a_boolean"]
        ),
    ]

    @Test(arguments: faulty) func `every fault is named, with its pointer`(body: String, expected: Set<String>) throws {
        let json = try JSON(parsing: body)
        let error = #expect(throws: InvalidRequest.self) { try OrderRequest(json: json) }
        let faults = (error?.faults ?? []).map { fault in
            guard case .pointer(let pointer) = fault.place else { return "?" }
            return "\(pointer) \(fault.code)"
        }
        #expect(Set(faults) == expected)
        #expect(faults.count == expected.count)
    }

    @Test func `too many labels, too long ones and empty names are refused`() throws {
        let many = JSON.object((0..<21).map { ("n\($0)", .string("x")) })
        let long: JSON = ["a": .string(String(repeating: "x", count: 501))]
        let name: JSON = .object([(String(repeating: "n", count: 41), .string("x"))])
        for metadata in [many, long, name, ["": "x"], "text"] {
            #expect(throws: InvalidRequest.self) {
                try OrderRequest(json: ["product": "residential", "gb": 1, "metadata": metadata])
            }
        }
    }
}

import Testing

@testable import ExactJSON

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("{}", "{}"), (" [1, 2.50,-0.0 ,1e2]\n", "[1,2.50,-0.0,1e2]"), ("\"a\\u0041\\ud83d\\ude00\\/\"", "\"aA😀/\""),
        ("{\"b\":1,\"a\":[true,false,null]}", "{\"b\":1,\"a\":[true,false,null]}"), ("0", "0"), ("-7", "-7"),
    ])
    func `a document keeps its digits and the order of its members`(text: String, written: String) throws {
        #expect(try JSON(parsing: text).text == written)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "'a'", "nul", "tru", "01", "+1", ".5", "1.", "1e",
        "--1", "NaN",
        "Infinity", "[1 2]", "{} {}", "// c\n{}", "/* c */ {}", "\"\\x\"", "\"\\u12\"", "\"\\u00zz\"", "\"\\u+123\"",
        "\"a",
        "\"\t\"", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
        "\u{FEFF}{}", "[", "]", "}", "{\"a\":}", "{,}", "[,]", "\"\\", "1 1", "tRue",
    ])
    func `what is no strict JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(throws: JSONError.self) { try JSON(parsing: text, as: .answer) }
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFF, 0xFE, 0x7B, 0x00],
        [0x22, 0x00, 0x22], [0x7B, 0x7D, 0x00],
    ])
    func `bytes that are not UTF-8 text are refused`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
    }

    @Test(arguments: [
        "\"\\u0000\"", "\"\\u001b[31m\"", "\"\\u202e\"", "\"\\u0085\"", "\"\\ufeff\"", "\"a\\nb\"", "\"\u{202E}\"",
    ])
    func `a request holds no control or bidirectional characters, an answer may`(text: String) throws {
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(try JSON(parsing: text, as: .answer).string != nil)
    }

    @Test(arguments: [17, 511, 512, 100_000])
    func `nesting beyond the limit is refused without growing the stack`(depth: Int) {
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(throws: JSONError(reason: "nested deeper than 16", offset: 16)) { try JSON(parsing: arrays) }
        let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(throws: JSONError.self) { try JSON(parsing: objects) }
    }

    @Test func `sixteen levels are accepted`() throws {
        let text = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        #expect(try JSON(parsing: text).text == text)
    }

    @Test func `a fault tells where it is and nothing of the document`() {
        #expect(throws: JSONError(reason: "a member name stands twice", offset: 12)) {
            try JSON(parsing: "{\"secret\":1,\"secret\":2}")
        }
    }

    @Test(
        arguments: [("20", 20), ("20.0", nil), ("2e1", nil), ("-0", nil), ("-5", -5), ("9223372036854775808", nil)]
            as [(String, Int?)])
    func `only a number written whole is whole`(text: String, whole: Int?) throws {
        #expect(try JSON(parsing: text).int == whole)
    }

    @Test func `any text survives being written and read`() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<2000 {
            let scalars = (0..<random.below(20)).map { _ in Unicode.Scalar(UInt32(random.below(0xD7FF))) ?? "x" }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            let document: JSON = ["text": .string(text), "more": [.string(text), 7]]
            #expect(try JSON(parsing: document.text, as: .answer) == document, "seed 11")
            #expect(try JSON(parsing: document.prettyText, as: .answer) == document, "seed 11")
        }
    }

    @Test func `mutated documents never crash the reader`() {
        var random = SeededRandom(seed: 12)
        let document = Array(#"{"a":[1,2.5,-3e4,"x\u0041\n"],"b":{"c":null,"d":true},"e":"\ud83d\ude00"}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = document
            for _ in 0...random.below(3) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if let parsed = try? JSON(parsing: bytes, as: .answer) {
                #expect((try? JSON(parsing: parsed.bytes, as: .answer)) == parsed, "seed 12")
            }
        }
    }
}

/// A small generator whose seed is told when a test fails.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

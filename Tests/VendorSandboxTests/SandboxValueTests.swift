import Testing

@testable import VendorSandbox

@Suite struct SandboxValueTests {
    @Test(arguments: [
        ("0", "0.00"), ("4.5", "4.50"), ("-0.125", "-0.125"), ("12.345678", "12.345678"), ("007", "7.00"),
        ("9223372036854.775807", "9223372036854.775807"),
    ])
    func `a decimal is read and shown exactly`(text: String, shown: String) {
        #expect(SandboxDecimal(text)?.description == shown)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "1.2345678", "1e2", "+1", " 1", "1,5", "9223372036854.775808", "٣", "1.2.3",
    ])
    func `what is not a decimal is not read`(text: String) {
        #expect(SandboxDecimal(text) == nil)
    }

    @Test func `cents are rounded half away from zero, and sums stop at the ends`() {
        #expect(SandboxDecimal.cents(131).scaled(by: 90, over: 100).roundedToCents == .cents(118))
        #expect(SandboxDecimal(micros: 5000).roundedToCents == .cents(1))
        #expect(SandboxDecimal(micros: -5000).roundedToCents == .cents(-1))
        #expect(SandboxDecimal(micros: 4999).roundedToCents == .zero)
        #expect(SandboxDecimal(micros: .max) + .cents(1) == SandboxDecimal(micros: .max))
        #expect(SandboxDecimal(micros: .min).times(SandboxDecimal(micros: .max)) == SandboxDecimal(micros: .min))
        #expect(SandboxDecimal(micros: .min).description == "-9223372036854.775808")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_779_962_400_000, "2026-05-28T10:00:00Z"), (4_107_542_399_999, "2100-02-28T23:59:59Z"),
        ] as [(Int64, String)])
    func `an instant has its calendar date`(milliseconds: Int64, text: String) {
        #expect(SandboxTime(milliseconds: milliseconds).secondsText == text)
    }

    @Test(
        arguments: [
            (1_769_853_600_000, 1, "2026-02-28T10:00:00Z"), (1_769_853_600_000, 11, "2026-12-31T10:00:00Z"),
            (1_769_853_600_000, 12, "2027-01-31T10:00:00Z"), (1_769_853_600_000, 25, "2028-02-29T10:00:00Z"),
        ] as [(Int64, Int, String)])
    func `a month later is the same day, or the month's last`(milliseconds: Int64, months: Int, text: String) {
        #expect(SandboxTime(milliseconds: milliseconds).adding(months: months).secondsText == text)
    }

    @Test(arguments: [
        #"{"a":[1,-0.5e+3,true,false,null,"x\"\\/"],"a":{}}"#, "[]", "0", #""\u00e9\ud83d\ude00\n\u0001""#,
        " [ 1 , 2 ] ",
    ])
    func `JSON that is written reads the same again`(text: String) throws {
        let json = try SandboxJSON(parsing: text)
        #expect(try SandboxJSON(parsing: json.description) == json)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "1e", "-", "+1", "tru", "\"\u{1}\"", #""\x""#, #""\ud800""#,
        #""\u12""#,
        "[1] 2", "{a:1}", "\"", "NaN", String(repeating: "[", count: 100_000), #""\u+123""#,
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: SandboxInputError.self) { try SandboxJSON(parsing: text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: SandboxInputError.self) { try SandboxJSON(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test func `a ledger forgets its oldest entries before it forgets a sale`() {
        var ledger = SandboxLedger(vendor: "x", openingBalance: .cents(100))
        let now = SandboxTime(milliseconds: 0)
        ledger.sell(SandboxSale(order: "o", product: "p", price: .cents(40)), in: nil, at: now)
        for _ in 0..<SandboxLedger.limit { ledger.record(SandboxEntry(event: .received), at: now) }
        #expect(ledger.books.forgotten == SandboxLedger.limit / 10)
        #expect(ledger.books.entries.last?.sequence == SandboxLedger.limit + 1)
        #expect(ledger.books.sold.count == 1)
        #expect(ledger.books.reckonedBalance == .cents(60))
    }
}

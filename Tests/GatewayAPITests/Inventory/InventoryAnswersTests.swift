import Foundation
import NIOCore
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

/// The ready answers: the same bytes again, within bounds.
@Suite struct InventoryAnswersTests {
    static func query(_ asn: Int) -> InventoryQuery { InventoryQuery(product: .isp, asn: asn) }

    /// An answer that says as many rows as it is told.
    static func answer(_ rows: Int = 1) async -> InventoryAnswer {
        let vendor = ScriptedVendor.idempotent {
            $0.stock = [.success(Array(repeating: InventoryRow(.isp, city: "x"), count: rows))]
        }
        let vendors = [Vendor(name: "a", adapter: vendor)]
        let inventory = Inventory(vendors: vendors, cache: VendorCache(vendors: vendors))
        return InventoryAnswer(await inventory.report(InventoryQuery(product: .isp)))
    }

    @Test func `an answer is found again by its query`() async {
        let answers = InventoryAnswers()
        let (one, other) = (await Self.answer(), await Self.answer(2))
        answers.keep(one, for: Self.query(1))
        answers.keep(other, for: Self.query(2))
        #expect(answers[Self.query(1)] === one)
        #expect(answers[Self.query(2)] === other)
        #expect(answers[Self.query(3)] == nil)
        answers.keep(other, for: Self.query(1))
        #expect(answers[Self.query(1)] === other)
        #expect(answers.count == 2)
    }

    @Test func `those that were looked for least recently go first`() async {
        let answers = InventoryAnswers(maxCount: 3, shelves: 1)
        for asn in 1...3 { answers.keep(await Self.answer(), for: Self.query(asn)) }
        _ = answers[Self.query(1)]
        answers.keep(await Self.answer(), for: Self.query(4))
        #expect(answers[Self.query(2)] == nil)
        for asn in [1, 3, 4] { #expect(answers[Self.query(asn)] != nil) }
    }

    @Test func `their bytes are bounded, and one alone does not crowd out the rest`() async {
        let answers = InventoryAnswers(maxBytes: 100_000, shelves: 1)
        let (small, large) = (await Self.answer(100), await Self.answer(600))
        #expect(small.bytes.readableBytes < 20_000)
        #expect(large.bytes.readableBytes > 50_000)
        for asn in 1...50 {
            answers.keep(small, for: Self.query(asn))
            #expect(answers.bytes <= 100_000)
        }
        let count = answers.count
        answers.keep(large, for: Self.query(99))
        #expect(answers[Self.query(99)] == nil)
        #expect(answers.count == count)
        for asn in 1...50 { answers.keep(large, for: Self.query(asn)) }
        #expect(answers.bytes == 0)
    }
}

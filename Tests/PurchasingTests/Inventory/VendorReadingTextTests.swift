import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit
import Testing

/// The form in which readings outlive a restart.
@Suite struct VendorReadingTextTests {
    @Test(arguments: VendorReading.examples) func `a reading survives being written, to the digit`(
        reading: VendorReading
    ) throws {
        let text = reading.json.text
        #expect(VendorReading(json: try JSON(parsing: text, as: .answer)) == reading)
    }

    @Test func `money is text`() {
        let row = InventoryRow(.isp, price: UnitPrice(Money(Millionths(4_123_456)), per: .ipMonth))
        #expect(
            VendorReading.stock([row]).json.text
                == #"{"stock":[{"shape":"isp","price":{"money":{"amount":"4.123456","currency":"USD"},"per":"ip_month"}}]}"#
        )
    }

    @Test func `names that are not known are skipped`() throws {
        let text = #"{"stock":[{"shape":"isp","asn":7922,"colour":"red"}],"shade":1}"#
        #expect(VendorReading(json: try JSON(parsing: text)) == .stock([InventoryRow(.isp, asn: 7922)]))
    }

    @Test(arguments: [
        "{}", "[]", "null", #"{"stock":{}}"#, #"{"stock":[{}]}"#, #"{"stock":[{"shape":"lte"}]}"#,
        #"{"stock":[{"shape":"isp","country":"XX"}]}"#, #"{"stock":[{"shape":"isp","asn":"7922"}]}"#,
        #"{"stock":[{"shape":"isp","available":1.5}]}"#,
        #"{"stock":[{"shape":"isp","price":{"money":{"amount":1,"currency":"USD"},"per":"gb"}}]}"#,
        #"{"stock":[{"shape":"isp","price":{"money":{"amount":"1.00","currency":"USD"},"per":"day"}}]}"#,
        #"{"stock":[{"shape":"isp"},{"shape":"isp","rental_days":[30,"60"]}]}"#, #"{"lists":[]}"#,
        #"{"lists":{"countries":["US","??"]}}"#, #"{"lists":{"mobile_operators":[{"rotation_seconds":[]}]}}"#,
        #"{"account":{"balance":"12"}}"#,
    ])
    func `what cannot be read as a whole is no reading`(text: String) throws {
        #expect(VendorReading(json: try JSON(parsing: text)) == nil)
    }

    @Test(arguments: [
        ReadingTopic.account, .lists(.mobileByIP), .stock(StockQuery(.isp)),
        .stock(StockQuery(.isp, country: Country("US"))), .stock(StockQuery(.isp, asn: 7922)),
        .stock(StockQuery(.mobileByGB, country: Country("DE"), asn: 4_294_967_295)),
    ])
    func `a topic survives being written`(topic: ReadingTopic) {
        #expect(ReadingTopic(text: topic.text) == topic)
    }

    @Test(arguments: [
        "", "stock", "stock isp", "stock isp US x", "stock isp XX -", "lists", "lists lte", "account 1", "price isp",
    ])
    func `another text is no topic`(text: String) {
        #expect(ReadingTopic(text: text) == nil)
    }
}

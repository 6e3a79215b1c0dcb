import ExactJSON
import HeloDataVendor
import Purchasing
import PurchasingTestKit
import Testing

struct `What a unit cost at HeloData` {
    private func price(
        of request: OrderRequest, total: String?, source: TotalSource = .vendor, details: String? = nil
    ) async throws -> UnitPrice? {
        let adapter = try HeloDataDialect.adapter("http://127.0.0.1:9")
        var order = Order.example(request: request)
        order.total = total.flatMap(Money.usd)
        order.totalSource = total == nil ? nil : source
        order.vendorDetails = try details.map { try JSON(parsing: $0) }
        let price = adapter.soldPrice(in: order)
        await adapter.close()
        return price
    }

    private static func traffic(_ gb: String, _ product: Product = .residential) -> OrderRequest {
        OrderRequest(product: product, gb: Millionths(gb))
    }

    private static func isp(_ quantity: Int?, _ rental: RentalTime?) -> OrderRequest {
        OrderRequest(product: .isp, quantity: quantity, rental: rental, country: Country("US"))
    }

    @Test func `is what the documented sale says`() async throws {
        let details = fixture("orders.residential-completed")
        #expect(
            try await price(of: Self.traffic("50"), total: "225.00", details: details)
                == UnitPrice(Money(Millionths(4_500_000)), per: .gb))
    }

    @Test(
        arguments: [
            (#"4.50"#, "4.50"), (#""4.50""#, "4.50"), ("0.000001", "0.000001"),
            // What cannot be read is not told, so the total is divided: 10.00 for 4 GB.
            ("null", "2.50"), (#""free""#, "2.50"), ("-4.5", "2.50"), ("0", "2.50"), ("4.5e0", "2.50"), ("{}", "2.50"),
            ("4.0000001", "2.50"),
        ])
    func `is told by the vendor, else divided from the total`(_ told: String, _ expected: String) async throws {
        let price = try await price(
            of: Self.traffic("4", .mobile), total: "10.00", details: #"{"details":{"gb":4,"price_per_gb":\#(told)}}"#)
        #expect(price?.money.text == expected)
        #expect(price?.unit == .gb)
    }

    @Test(
        arguments: [
            (traffic("50"), "225.00", "4.50"), (traffic("0.5"), "2.25", "4.50"), (traffic("3"), "10.00", nil),
            (traffic("0.333333"), "1.00", nil), (traffic("1000000"), "1.00", "0.000001"), (traffic("50"), "0", nil),
            (traffic("0.000001"), "9000000", "9000000000000.00"), (traffic("0.000001"), "9999999", nil),
            (isp(20, .months(1)), "120.00", "6.00"), (isp(20, .months(12)), "1440.00", "6.00"),
            (isp(20, .days(60)), "240.00", "6.00"), (isp(20, .days(45)), "240.00", nil),
            (isp(7, .months(1)), "10.00", nil),
            (isp(8, .months(1)), "10.00", "1.25"), (isp(nil, .months(1)), "10.00", nil), (isp(8, nil), "10.00", nil),
            (isp(.max, .months(2)), "10.00", nil), (isp(20, .months(1)), "0.00", nil),
            (OrderRequest(product: .ipv4, quantity: 2, rental: .months(1)), "10.00", nil),
            (OrderRequest(product: .mobile, quantity: 2, rental: .months(1)), "10.00", nil),
        ] as [(OrderRequest, String, String?)])
    func `is the total divided, where that is exact`(
        _ request: OrderRequest, _ total: String, _ expected: String?
    ) async throws {
        let price = try await price(of: request, total: total)
        #expect(price?.money.text == expected)
    }

    @Test(arguments: [TotalSource.quote, .operator]) func `is never divided from what somebody else said`(
        _ source: TotalSource
    ) async throws {
        #expect(try await price(of: Self.isp(20, .months(1)), total: "120.00", source: source) == nil)
        #expect(try await price(of: Self.traffic("50"), total: "225.00", source: source) == nil)
        #expect(try await price(of: Self.traffic("50"), total: nil) == nil)
    }
}

import ExactJSON
import Foundation
public import Purchasing

extension VendorReading {
    /// Readings with everything that there can be in one, and with nothing.
    public static let examples: [VendorReading] = [
        .stock([]), .stock(rows), .lists(ReferenceLists()), .lists(lists),
        .account(VendorAccount(balance: .usd(micros: -1_234_567), kycStatus: "approved")),
        .account(VendorAccount(balance: nil, kycStatus: nil)),
    ]

    private static let rows = [
        InventoryRow(.isp),
        InventoryRow(
            .isp, country: Country("US"), city: "newyork", asn: 7922, available: 412,
            price: UnitPrice(.usd(micros: 5_990_001), per: .ipMonth), rentalDays: [30, 60],
            mobileOperator: "t\u{1F4F1}\"mobile", rotationSeconds: [300],
            details: ["note": "as\nit\tsaid", "big": .array([1, nil as JSON? ?? .null, ["x": true]])]),
        InventoryRow(.residential, price: UnitPrice(Money(Millionths(1), currency: "EUR"), per: .gb)),
    ]

    private static let lists = ReferenceLists(
        countries: ["US", "DE"].compactMap(Country.init), rentalDays: [],
        mobileOperators: [
            .init(name: "verizon", country: Country("US"), rotationSeconds: [120, 300]), .init(name: "o2"),
        ],
        promoCodes: [
            .init(
                code: "SPRING", discount: JSONNumber(decimal: "12.50"), startsAt: .example,
                endsAt: Date(milliseconds: 1_800_000_000_123)), .init(code: "X"),
        ])
}

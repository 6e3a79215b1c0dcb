import ExactJSON
import Testing

@testable import Purchasing

@Suite struct VendorRouterTests {
    static func option(
        _ name: String, enabled: Bool = true, objections: [Fault] = [], price: String? = nil, quotes: Bool = false,
        rest: Int? = nil
    ) -> VendorRouter.Option {
        .init(
            name: name, isEnabled: enabled, objections: objections, unused: [], listPrice: price.flatMap(Money.usd),
            quotes: quotes,
            rest: rest)
    }

    static func request(vendor: VendorChoice = .auto, max: String? = nil, unknown: Bool = false) -> OrderRequest {
        OrderRequest(
            product: .residential, gb: Millionths(1_000_000), vendor: vendor, maxTotal: max.flatMap(Money.usd),
            allowUnknownPrice: unknown)
    }

    static let objection = Fault(.pointer("/gb"), "not_supported", "does not sell it")

    @Test func `the first vendor that can sell it is chosen, and every other is named with its reason`() throws {
        let router = VendorRouter(options: [
            Self.option("off", enabled: false), Self.option("cannot", objections: [Self.objection]),
            Self.option("resting", quotes: true, rest: 9), Self.option("dear", price: "9.00"),
            Self.option("good", price: "4.50"),
            Self.option("spare", quotes: true),
        ])
        let routing = try router.route(Self.request(max: "5.00"))
        #expect(routing.policy == .priority)
        #expect(routing.chosen == "good")
        #expect(
            routing.candidates.map(\.ruledOut) == [
                "switched off in the configuration", "does not sell it", "resting after failures",
                "its price of 9.00 is above max_total", nil, nil,
            ])
    }

    /// Options, request, and the code that is answered.
    static let refusals: [([VendorRouter.Option], OrderRequest, ProblemCode)] = [
        ([], request(), .noVendor),
        ([option("a", objections: [objection]), option("b", enabled: false)], request(), .noVendor),
        ([option("a", objections: [objection]), option("b", rest: 3)], request(), .vendorUnavailable),
        ([option("a", price: "9"), option("b", objections: [objection])], request(max: "5"), .priceAboveLimit),
        ([option("a")], request(max: "5"), .priceUnknown),
        ([option("a")], request(vendor: .named("z")), .invalidRequest),
        ([option("a", enabled: false)], request(vendor: .named("a")), .invalidRequest),
        ([option("a", objections: [objection])], request(vendor: .named("a")), .invalidRequest),
        ([option("a", rest: 3)], request(vendor: .named("a")), .vendorUnavailable),
        ([option("a", price: "5.000001")], request(vendor: .named("a"), max: "5"), .priceAboveLimit),
        ([option("a")], request(vendor: .named("a"), max: "5"), .priceUnknown),
    ]

    @Test(arguments: refusals.indices) func `what no vendor can take is refused with the reason that helps most`(
        index: Int
    ) {
        let (options, request, code) = Self.refusals[index]
        let problem = #expect(throws: Problem.self) { try VendorRouter(options: options).route(request) }
        #expect(problem?.code == code)
        #expect(problem?.orderID == nil)
        if code == .vendorUnavailable { #expect(problem?.retryAfter == 3) }
    }

    @Test func `a price at the limit, a quote to come, and an unknown price that is allowed all pass`() throws {
        #expect(
            try VendorRouter(options: [Self.option("a", price: "5")]).route(Self.request(max: "5.00")).chosen == "a")
        #expect(try VendorRouter(options: [Self.option("a", quotes: true)]).route(Self.request(max: "5")).chosen == "a")
        #expect(
            try VendorRouter(options: [Self.option("a")]).route(Self.request(max: "5", unknown: true)).chosen == "a")
    }

    @Test func `an explicit vendor is the only candidate`() throws {
        let routing = try VendorRouter(options: [Self.option("a"), Self.option("b")]).route(
            Self.request(vendor: .named("b")))
        #expect(routing.policy == .explicit)
        #expect(routing.candidates.map(\.vendor) == ["b"])
    }
}

import Foundation
import Testing

@testable import Purchasing

@Suite struct VendorRouterTests {
    static func option(
        _ name: String, enabled: Bool = true, objections: [Fault] = [], price: String? = nil, asks: Bool = false,
        refused: Refusal.Reason? = nil, unreachable: Bool = false, available: Int? = nil, rest: Int? = nil,
        overdrawn: String? = nil
    ) -> VendorRouter.Option {
        let known = price.flatMap(Money.usd).map { total in
            VendorPrice(total: total, source: .quote, asOf: Date(milliseconds: 0), available: available)
        }
        let pricing: Pricing =
            refused.map { .refused(Refusal($0), price: known) } ?? known.map(Pricing.priced)
            ?? .unpriced("nobody told", retryable: unreachable)
        return .init(
            name: name, isEnabled: enabled, objections: objections, unused: [],
            overdrawn: overdrawn.flatMap { Millionths($0, allowsSign: true) }.map { Money($0) },
            pricing: asks ? nil : pricing, rest: rest)
    }

    static func router(_ options: [VendorRouter.Option], _ policy: RoutingRules.Policy = .priority) -> VendorRouter {
        VendorRouter(policy: policy, options: options)
    }

    static func request(vendor: VendorChoice = .auto, max: String? = nil, unknown: Bool = false) -> OrderRequest {
        OrderRequest(
            product: .residential, gb: Millionths(1_000_000), vendor: vendor, maxTotal: max.flatMap(Money.usd),
            allowUnknownPrice: unknown)
    }

    static let objection = Fault(.pointer("/gb"), "not_supported", "does not sell it")

    @Test func `the first vendor that can sell it is chosen, and every other is named with its reason`() throws {
        let router = Self.router([
            Self.option("off", enabled: false), Self.option("cannot", objections: [Self.objection]),
            Self.option("resting", asks: true, rest: 9), Self.option("dear", price: "9.00"),
            Self.option("owing", price: "1.00", overdrawn: "-5.25"), Self.option("good", price: "4.50"),
            Self.option("spare", asks: true),
        ])
        let routing = try router.route(Self.request(max: "5.00"))
        #expect(routing.policy == .priority)
        #expect(routing.chosen == "good")
        #expect(
            routing.candidates.map(\.ruledOut) == [
                "switched off in the configuration", "does not sell it", "resting after failures",
                "its price of 9.00 is above max_total", "its account's balance of -5.25 USD is below zero", nil, nil,
            ])
    }

    /// Options, request, and the code that is answered.
    static let refusals: [([VendorRouter.Option], OrderRequest, ProblemCode)] = [
        ([], request(), .noVendor),
        ([option("a", objections: [objection]), option("b", enabled: false)], request(), .noVendor),
        ([option("a", objections: [objection]), option("b", rest: 3)], request(), .vendorUnavailable),
        ([option("a", price: "9"), option("b", objections: [objection])], request(max: "5"), .priceAboveLimit),
        ([option("a")], request(max: "5"), .priceUnknown),
        ([option("a", overdrawn: "-1")], request(), .insufficientBalance),
        ([option("a", overdrawn: "-1")], request(vendor: .named("a")), .insufficientBalance),
        ([option("a", objections: [objection]), option("b", overdrawn: "-0.01")], request(), .insufficientBalance),
        ([option("a", overdrawn: "-1"), option("b", rest: 3)], request(), .vendorUnavailable),
        ([option("a", enabled: false, overdrawn: "-1")], request(vendor: .named("a")), .invalidRequest),
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
        let problem = #expect(throws: Problem.self) { try Self.router(options).route(request) }
        #expect(problem?.code == code)
        #expect(problem?.orderID == nil)
        if code == .vendorUnavailable { #expect(problem?.retryAfter == 3) }
    }

    @Test func `a price at the limit, a quote to come, and an unknown price that is allowed all pass`() throws {
        #expect(
            try Self.router([Self.option("a", price: "5")]).route(Self.request(max: "5.00")).chosen == "a")
        #expect(try Self.router([Self.option("a", asks: true)]).route(Self.request(max: "5")).chosen == "a")
        #expect(
            try Self.router([Self.option("a")]).route(Self.request(max: "5", unknown: true)).chosen == "a")
    }

    // MARK: By price

    /// Options, request, and the candidates in the order in which they are tried; nil where vendors have to be asked first.
    static let rankings: [([VendorRouter.Option], OrderRequest, [String], chosen: String?)] = [
        ([option("a", price: "2"), option("b", price: "1")], request(), ["b", "a"], "b"),
        ([option("a", price: "1"), option("b", price: "2")], request(), ["a", "b"], "a"),
        ([option("a", price: "1"), option("b", price: "1")], request(), ["a", "b"], "a"),
        ([option("a", price: "1.000001"), option("b", price: "1")], request(), ["b", "a"], "b"),
        ([option("a"), option("b", price: "9")], request(), ["b", "a"], "b"),
        ([option("a"), option("b")], request(), ["a", "b"], "a"),
        ([option("a", price: "1", available: 3), option("b", price: "2")], isp(), ["b", "a"], "b"),
        ([option("a", price: "1", available: 5), option("b", price: "2")], isp(), ["a", "b"], "a"),
        ([option("a", price: "1", available: 3), option("b")], isp(), ["a", "b"], "a"),
        ([option("a", price: "8"), option("b", price: "9")], request(max: "8"), ["a", "b"], "a"),
        (
            [option("a", price: "1", refused: .insufficientBalance), option("b", price: "2")], request(), ["b", "a"],
            "b"
        ),
        ([option("a", unreachable: true), option("b", price: "2")], request(max: "3"), ["b", "a"], "b"),
        ([option("a", asks: true), option("b", price: "2")], request(), ["b", "a"], nil),
        ([option("a", asks: true), option("b", price: "2", rest: 4)], request(), ["a", "b"], "a"),
        ([option("a", asks: true), option("b", enabled: false)], request(), ["a", "b"], "a"),
        ([option("a", price: "5", rest: 1), option("b", price: "9")], request(), ["b", "a"], "b"),
    ]

    static func isp() -> OrderRequest {
        OrderRequest(product: .isp, quantity: 5, rental: .months(1), country: Country("US"))
    }

    @Test(arguments: rankings.indices) func `the cheapest that can be had comes first`(index: Int) throws {
        let (options, request, order, chosen) = Self.rankings[index]
        let routing = try Self.router(options, .cheapest).route(request)
        #expect(routing.policy == .cheapest)
        #expect(routing.candidates.map(\.vendor) == order)
        #expect(routing.chosen == chosen)
    }

    @Test func `every candidate has its price or the reason why it is ruled out`() throws {
        let routing = try Self.router(
            [
                Self.option("dear", price: "9"), Self.option("poor", price: "3", refused: .insufficientBalance),
                Self.option("good", price: "4.5"), Self.option("mute"),
            ], .cheapest
        ).route(Self.request(max: "5", unknown: true))
        #expect(routing.chosen == "good")
        #expect(routing.candidates.map(\.vendor) == ["good", "mute", "dear", "poor"])
        #expect(routing.candidates.map { $0.price?.text } == ["4.50", nil, "9.00", "3.00"])
        #expect(
            routing.candidates.map(\.ruledOut) == [
                nil, nil, "its price of 9.00 is above max_total", "the vendor account's balance cannot cover it",
            ])
    }

    @Test func `a price in another currency is compared with none`() throws {
        let euros = Money(Millionths(1_000_000), currency: "EUR")
        var foreign = Self.option("a")
        foreign.pricing = .priced(VendorPrice(total: euros, source: .quote, asOf: Date(milliseconds: 0)))
        let options = [foreign, Self.option("b", price: "2")]
        #expect(try Self.router(options, .cheapest).route(Self.request()).candidates.map(\.vendor) == ["b", "a"])
        #expect(try Self.router(options, .cheapest).route(Self.request(max: "5")).candidates.last?.ruledOut != nil)
    }

    @Test func `an explicit vendor wins, however dear it is`() throws {
        let options = [Self.option("a", price: "1"), Self.option("b", price: "9")]
        #expect(try Self.router(options, .cheapest).route(Self.request(vendor: .named("b"))).chosen == "b")
    }

    @Test func `an explicit vendor is the only candidate`() throws {
        let routing = try Self.router([Self.option("a"), Self.option("b")]).route(
            Self.request(vendor: .named("b")))
        #expect(routing.policy == .explicit)
        #expect(routing.candidates.map(\.vendor) == ["b"])
    }
}

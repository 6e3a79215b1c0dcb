import Foundation
import Testing

@testable import Purchasing

@Suite struct EvidenceTests {
    static let sent = Date(milliseconds: 1_780_000_000_000)
    static let request = OrderRequest(product: .ipv4, quantity: 3, rental: .days(30), country: Country("US"))
    static let fit = goods("g1")

    static func goods(
        _ id: String, shape: ProductShape? = .ipv4, country: String? = "US", quantity: Int? = 3,
        starts: TimeInterval? = 5,
        days: Double = 30, number: String? = nil
    ) -> Goods {
        Goods(
            id: id, orderNumber: number, shape: shape, country: country.flatMap(Country.init), quantity: quantity,
            startsAt: starts.map(sent.addingTimeInterval), endsAt: sent.addingTimeInterval(86_400 * days), isReady: true
        )
    }

    static func sample(_ goods: [Goods]?, _ balance: String? = "100", twin: Bool = false) -> EvidenceSample {
        EvidenceSample(
            newGoods: goods, balance: balance.flatMap { Millionths($0, allowsSign: true) }.map { Money($0) },
            hasOpenTwin: twin)
    }

    static func inEuro(_ goods: [Goods], _ balance: String) -> EvidenceSample {
        EvidenceSample(
            newGoods: goods, balance: Millionths(balance).map { Money($0, currency: "EUR") }, hasOpenTwin: false)
    }

    static func judge(
        _ samples: [EvidenceSample], final: Bool, provesAbsence: Bool = true,
        baseline: Baseline? = Baseline(balance: .usd("100"), goods: []),
        price: String? = "7.50"
    ) -> Verdict {
        EvidenceCase(
            request: request, sentAt: sent, quotedPrice: price.flatMap(Money.usd), baseline: baseline,
            provesAbsence: provesAbsence
        ).judge(samples, isFinal: final)
    }

    @Test func `one new group that fits in two samples and a balance that fell by the price is bought`() {
        #expect(
            Self.judge([Self.sample([Self.fit], "92.50"), Self.sample([Self.fit], "92.50")], final: false)
                == .bought(Self.fit))
        #expect(Self.judge([Self.sample([], "92.50"), Self.sample([Self.fit], "92.50")], final: false) == .undecided)
    }

    @Test func `a beginning that was told by a clock nobody compared with ours proves nothing, and disproves nothing`()
    {
        var early = Self.goods("g1", starts: -86_400)
        let timed = [Self.sample([early], "92.50"), Self.sample([early], "92.50")]
        #expect(Self.judge(timed, final: false) == .undecided)
        early.clockOffset = nil
        let untimed = [Self.sample([early], "92.50"), Self.sample([early], "92.50")]
        guard case .bought(let goods) = Self.judge(untimed, final: false) else {
            Issue.record("the balance and the list prove it all the same")
            return
        }
        #expect(goods.id == "g1")
        // Where no balance speaks, the time is all that tells it from an older purchase by somebody else.
        var fresh = Self.fit
        #expect(
            Self.judge([Self.sample([fresh]), Self.sample([fresh])], final: true, provesAbsence: false)
                == .bought(fresh))
        fresh.clockOffset = nil
        guard
            case .review = Self.judge(
                [Self.sample([fresh]), Self.sample([fresh])], final: true, provesAbsence: false)
        else {
            Issue.record("nothing tells whose it is")
            return
        }
    }

    @Test func `what one more equal sample would prove is worth a look soon`() {
        let evidence = EvidenceCase(
            request: Self.request, sentAt: Self.sent, quotedPrice: .usd("7.50"),
            baseline: Baseline(balance: .usd("100"), goods: []), provesAbsence: true)
        #expect(evidence.wantsConfirmation([Self.sample([]), Self.sample([Self.fit], "92.50")]))
        #expect(!evidence.wantsConfirmation([Self.sample([Self.fit], "92.50"), Self.sample([])]))
        #expect(!evidence.wantsConfirmation([Self.sample([Self.fit], "92.50", twin: true)]))
        #expect(!evidence.wantsConfirmation([]))
    }

    @Test func `whole samples with nothing new and an unmoved balance are not bought, and only at the end`() {
        let quiet = [Self.sample([]), Self.sample([])]
        #expect(Self.judge(quiet, final: false) == .undecided)
        #expect(Self.judge(quiet, final: true) == .notBought)
    }

    /// Evidence that decides nothing: a person has to.
    static let doubtful: [(String, [EvidenceSample])] = [
        ("one sample is not enough", [sample([])]),
        ("two groups fit", [sample([fit, goods("g2")], "92.50"), sample([fit, goods("g2")], "92.50")]),
        ("the group changed between samples", [sample([goods("g2")], "92.50"), sample([fit], "92.50")]),
        ("the balance rose, since it was topped up", [sample([fit], "192.50"), sample([fit], "192.50")]),
        ("the balance is in another currency", [inEuro([fit], "92.50"), inEuro([fit], "92.50")]),
        ("nothing is listed, and the balance is in another currency", [inEuro([], "100"), inEuro([], "100")]),
        ("the balance fell below zero by more", [sample([fit], "-7.50"), sample([fit], "-7.50")]),
        ("the balance fell by another amount", [sample([fit], "90"), sample([fit], "90")]),
        ("the balance did not fall", [sample([fit]), sample([fit])]),
        ("the balance fell and nothing is listed", [sample([], "92.50"), sample([], "92.50")]),
        ("the list could not be read", [sample([]), sample(nil)]),
        ("the balance could not be read", [sample([]), sample([], nil)]),
        (
            "an earlier sale that looks alike is open",
            [sample([fit], "92.50", twin: true), sample([fit], "92.50", twin: true)]
        ),
        ("new goods do not fit", [sample([goods("g9", quantity: 4)]), sample([goods("g9", quantity: 4)])]),
        (
            "another country",
            [sample([goods("g9", country: "DE")], "92.50"), sample([goods("g9", country: "DE")], "92.50")]
        ),
        (
            "a country that is not told",
            [sample([goods("g9", country: nil)], "92.50"), sample([goods("g9", country: nil)], "92.50")]
        ),
        (
            "started before the send",
            [sample([goods("g9", starts: -3600)], "92.50"), sample([goods("g9", starts: -3600)], "92.50")]
        ),
        (
            "a rent of another length",
            [sample([goods("g9", days: 90)], "92.50"), sample([goods("g9", days: 90)], "92.50")]
        ),
    ]

    @Test(arguments: doubtful) func `anything else is for a person, with findings`(
        name: String, samples: [EvidenceSample]
    ) {
        #expect(Self.judge(samples, final: false) == .undecided, "\(name)")
        guard case .review(let findings) = Self.judge(samples, final: true) else {
            Issue.record("\(name) was decided")
            return
        }
        #expect(!findings.isEmpty)
    }

    @Test func `without a readable baseline nothing is concluded`() {
        for baseline in [nil, Baseline(balance: nil, goods: []), Baseline(balance: .usd("100"), goods: nil)] {
            let bought = Self.judge(
                [Self.sample([Self.fit], "92.50"), Self.sample([Self.fit], "92.50")], final: true, baseline: baseline)
            let quiet = Self.judge([Self.sample([]), Self.sample([])], final: true, baseline: baseline)
            for verdict in [bought, quiet] {
                guard case .review = verdict else {
                    Issue.record("\(verdict)")
                    continue
                }
            }
        }
    }

    @Test func `a vendor whose silence proves nothing is never cleared, and its goods must say when they began`() {
        let quiet = [Self.sample([], nil), Self.sample([], nil)]
        guard case .review = Self.judge(quiet, final: true, provesAbsence: false, baseline: nil) else {
            Issue.record("silence was taken as proof")
            return
        }
        let found = [Self.sample([Self.fit], nil), Self.sample([Self.fit], nil)]
        #expect(Self.judge(found, final: false, provesAbsence: false, baseline: nil) == .bought(Self.fit))
        let undated = Self.goods("g1", starts: nil)
        let vague = [Self.sample([undated], nil), Self.sample([undated], nil)]
        #expect(Self.judge(vague, final: false, provesAbsence: false, baseline: nil) == .undecided)
    }

    // MARK: Matching

    static let ids = IdentifierSource { 1_780_000_000_000 }

    static func expectation(_ offset: TimeInterval, number: String? = nil, before: Set<String> = [])
        -> GoodsMatching.Expectation
    {
        .init(
            orderID: ids.next(.order), request: request, orderNumber: number, sentAt: sent.addingTimeInterval(offset),
            knownBefore: before)
    }

    @Test func `goods go to the earliest sale that they fit, or to the number that they carry`() {
        let first = Self.expectation(0, number: "N-1")
        let second = Self.expectation(1, number: "N-2")
        let one = Self.goods("g1", starts: 10)
        let two = Self.goods("g2", starts: 11)
        #expect(GoodsMatching.assign([two, one], to: [second, first]) == [first.orderID: one, second.orderID: two])
        #expect(GoodsMatching.assign([one], to: [second, first]) == [first.orderID: one])
        let numbered = Self.goods("g3", number: "N-2")
        #expect(GoodsMatching.assign([numbered], to: [first, second]) == [second.orderID: numbered])
    }

    @Test func `goods that were there before, or that do not fit, go to nobody`() {
        let expectation = Self.expectation(0, before: ["g1"])
        #expect(GoodsMatching.assign([Self.fit, Self.goods("g2", quantity: 2)], to: [expectation]).isEmpty)
    }
}

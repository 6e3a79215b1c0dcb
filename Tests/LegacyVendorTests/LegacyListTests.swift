import ExactJSON
import Foundation
import LegacyVendor
import Purchasing
import PurchasingTestKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct `The legacy vendor's lists` {
    /// What the vendor answers to each call, by path and query.
    private static let answers: [String: ScriptedServer.Act] = {
        var answers = [
            "promoCode": ScriptedServer.Act.http(200, fixture("promoCode.ok")),
            "mobileOperator": .http(200, fixture("mobileOperator.assumed")),
        ]
        for type in ["IPv4", "IPv6", "MOBILE", "ISP"] {
            answers["country?proxyType=\(type)"] = .http(200, fixture("country.assumed"))
            answers["rentPeriod?proxyType=\(type)"] = .http(200, fixture("rentPeriod.ipv4"))
        }
        return answers
    }()

    /// The lists of a product at a vendor that answers as usual but for some calls, and the calls in their order.
    private func read(
        _ shape: ProductShape = .mobileByIP, but changed: [String: ScriptedServer.Act] = [:]
    ) async throws -> (lists: Result<ReferenceLists, VendorError>, calls: [String]) {
        let answers = Self.answers.merging(changed) { $1 }
        let prefix = "/client/api/v1/\(LegacyDialect.key)/"
        let server = try ScriptedServer { request in
            answers[request.target.replacingOccurrences(of: prefix, with: "")] ?? .http(404, "<html>")
        }
        defer { server.stop() }
        let adapter = try LegacyDialect.adapter(server.url)
        let lists: Result<ReferenceLists, VendorError>
        do throws(VendorError) { lists = .success(try await adapter.lists(of: shape)) } catch {
            lists = .failure(error)
        }
        await adapter.close()
        return (lists, server.requests.map { $0.target.replacingOccurrences(of: prefix, with: "") })
    }

    private func json(_ call: String, _ body: String) -> [String: ScriptedServer.Act] { [call: .http(200, body)] }

    private static let usual = ReferenceLists(
        countries: [Country("US"), Country("DE")].compactMap(\.self), rentalDays: [30, 60, 90, 180, 360],
        mobileOperators: [
            .init(name: "verizon", country: Country("US"), rotationSeconds: [300, 600, 1800]),
            .init(name: "telekom", country: Country("DE"), rotationSeconds: [300]),
        ],
        promoCodes: [
            .init(
                code: "CLIENT-PROMO", discount: JSONNumber(10), startsAt: Date(rfc3339: "2023-10-26T10:49:49.220Z"),
                endsAt: Date(rfc3339: "2033-10-26T10:49:49.220Z"))
        ])

    @Test func `are read call by call, operators only for mobile`() async throws {
        let mobile = try await read()
        #expect(try mobile.lists.get() == Self.usual)
        #expect(
            mobile.calls == ["country?proxyType=MOBILE", "rentPeriod?proxyType=MOBILE", "promoCode", "mobileOperator"])
        let words = [ProductShape.ipv4: "IPv4", .ipv6: "IPv6", .isp: "ISP"]
        for (shape, word) in words {
            let (lists, calls) = try await read(shape)
            var expected = Self.usual
            expected.mobileOperators = nil
            #expect(try lists.get() == expected)
            #expect(calls == ["country?proxyType=\(word)", "rentPeriod?proxyType=\(word)", "promoCode"])
        }
        for shape in [ProductShape.residential, .mobileByGB] {
            let (lists, calls) = try await read(shape)
            #expect(lists == .failure(.refused(code: "not_offered", message: nil)))
            #expect(calls.isEmpty)
        }
    }

    @Test(
        arguments: [
            (#"["USA","deu"]"#, ["US", "DE"]), (#"[{"alpha3code":"USA"},{"countryCode":"USA"}]"#, ["US"]),
            (#"[{"country":{"code":"us"}}]"#, ["US"]), (#"{"USA":{"name":"x"},"DEU":{}}"#, ["US", "DE"]), ("[]", []),
            // Kosovo has no code of ISO 3166; Romania's old one may be Romania.
            (#"["USA","XKX"]"#, ["US"]), (#"["USA","ROM"]"#, nil), (#"["USA",""]"#, nil), (#"["USA",7]"#, nil),
            (#"[{"name":"United States"}]"#, nil), (#"[["USA"]]"#, nil), ("null", nil), (#""USA""#, nil), ("{}", nil),
        ] as [(String, [String]?)])
    func `of countries are read whole or not at all`(_ list: String, _ codes: [String]?) async throws {
        let changed = json("country?proxyType=MOBILE", #"{"success":true,"countries":\#(list)}"#)
        let lists = try await read(but: changed).lists.get()
        #expect(lists.countries?.map(\.alpha2) == codes)
        #expect(lists.rentalDays == Self.usual.rentalDays && lists.mobileOperators == Self.usual.mobileOperators)
    }

    @Test(
        arguments: [
            ("[360,30,30]", [30, 360]), (#"["30",60]"#, [30, 60]), ("[]", []), ("[30,0]", nil), ("[30.0]", nil),
            ("[-30]", nil), ("[30,null]", nil), ("30", nil), (#"[{"days":30}]"#, nil), ("null", nil),
        ] as [(String, [Int]?)])
    func `of rental times are read whole or not at all`(_ list: String, _ days: [Int]?) async throws {
        let changed = json("rentPeriod?proxyType=MOBILE", #"{"success":true,"rentPeriodDays":\#(list)}"#)
        let lists = try await read(but: changed).lists.get()
        #expect(lists.rentalDays == days)
        #expect(lists.countries == Self.usual.countries)
    }

    @Test(
        arguments: [
            (#"[{"code":"A"}]"#, [ReferenceLists.PromoCode(code: "A")]),
            (
                #"[{"code":"A","discount":12.5,"endless":true,"endDate":"2026-01-01T00:00:00Z"}]"#,
                [.init(code: "A", discount: JSONNumber(decimal: "12.5"))]
            ),
            (#"[{"code":"A","discount":"10","endDate":"soon"}]"#, [.init(code: "A")]), ("[]", []),
            (#"[{"code":"A"},{"code":null}]"#, nil), (#"[{"code":"A B"}]"#, nil), (#"["A"]"#, nil), ("{}", nil),
            (#"[{"code":"\#(LegacyDialect.key)"}]"#, nil),
        ] as [(String, [ReferenceLists.PromoCode]?)])
    func `of promo codes are read whole or not at all`(
        _ list: String, _ codes: [ReferenceLists.PromoCode]?
    ) async throws {
        let changed = json("promoCode", #"{"success":true,"promoCodes":\#(list)}"#)
        #expect(try await read(but: changed).lists.get().promoCodes == codes)
    }

    @Test(
        arguments: [
            (#"["verizon"]"#, ["verizon - []"]), (#"[{"name":"verizon"}]"#, ["verizon - []"]),
            (#"[{"tag":"t","name":"T-Mobile","countryCode":"US","rotationTime":300}]"#, ["t US [300]"]),
            (#"{"USA":[{"tag":"t","rotationTimes":["300",60]}],"DEU":["u"]}"#, ["t US [60, 300]", "u DE []"]),
            (#"[{"country":"USA","operators":[{"tag":"t","rotations":[{"seconds":300},0]}]}]"#, ["t US [300]"]),
            // Rows for each rotation time; one that tells none rules none out.
            (#"[{"tag":"t","rotationTime":300},{"tag":"t","rotationTime":60}]"#, ["t - [60, 300]"]),
            (#"[{"tag":"t","rotationTime":300},{"tag":"t"}]"#, ["t - []"]),
            (#"[{"tag":"t","rotationTime":"often"}]"#, ["t - []"]),
            (#"[{"tag":"t","country":"Atlantis"}]"#, ["t - []"]),
            ("[]", []), (#"[{"tag":"t"},{"id":7}]"#, nil), (#"[7]"#, nil), (#"{"Atlantis":["t"]}"#, nil), ("null", nil),
            (#"["\#(LegacyDialect.key)"]"#, nil),
        ] as [(String, [String]?)])
    func `of operators are read whole or not at all`(_ list: String, _ operators: [String]?) async throws {
        let changed = json("mobileOperator", #"{"success":true,"mobileOperators":\#(list)}"#)
        let lists = try await read(but: changed).lists.get()
        #expect(
            lists.mobileOperators?.map { "\($0.name) \($0.country?.alpha2 ?? "-") \($0.rotationSeconds)" } == operators)
        #expect(lists.promoCodes == Self.usual.promoCodes)
    }

    @Test(arguments: ["country?proxyType=MOBILE", "rentPeriod?proxyType=MOBILE", "promoCode", "mobileOperator"])
    func `are left out one by one where the vendor has no such list, and failed for where it has trouble`(
        _ call: String
    ) async throws {
        let odd: [ScriptedServer.Act] = [
            .http(404, "<html>"), .http(200, "<html>"), .http(200, "{}"), .http(200, #"{"success":true}"#),
            .http(200, fixture("rentPeriod.failure")), .http(400, "{}"),
        ]
        for act in odd {
            let lists = try await read(but: [call: act]).lists.get()
            let isLeftOut = [
                lists.countries == nil, lists.rentalDays == nil, lists.promoCodes == nil, lists.mobileOperators == nil,
            ]
            #expect(isLeftOut.filter(\.self).count == 1, "\(act)")
        }
        let trouble: [(ScriptedServer.Act, VendorError)] = [
            (.http(500, ""), .unavailable(reason: "status_500")), (.reset, .unavailable(reason: "connection_lost")),
            (.http(403, ""), .authFailed), (.http(200, fixture("promoCode.error-api-key")), .authFailed),
            (.http(429, "", headers: ["Retry-After": "8"]), .rateLimited(retryAfter: .seconds(8))),
            (.http(200, LegacyDialect.failure("3")), .unavailable(reason: "vendor_error_3")),
            (.http(200, LegacyDialect.failure("35")), .unavailable(reason: "vendor_error_35")),
        ]
        for (act, error) in trouble {
            let (lists, calls) = try await read(but: [call: act])
            #expect(lists == .failure(error))
            #expect(calls.last == call)
        }
    }

    @Test func `are an error where none can be understood`() async throws {
        let calls = Self.answers.keys
        let nothing = Dictionary(uniqueKeysWithValues: calls.map { ($0, ScriptedServer.Act.http(200, "{}")) })
        #expect(try await read(but: nothing).lists == .failure(.unreadable("success")))
        let no = Dictionary(
            uniqueKeysWithValues: calls.map { ($0, ScriptedServer.Act.http(200, fixture("rentPeriod.failure"))) })
        #expect(try await read(but: no).lists == .failure(.refused(code: "4", message: "Incorrect proxy type")))
    }
}

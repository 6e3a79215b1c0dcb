import PurchasingTestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2)))
struct `HeloData conformance` {
    static let suite = VendorAdapterConformance(HeloDataDialect.dialect)

    @Test(arguments: suite.cases)
    func `proves exactly what happened`(_ test: VendorAdapterConformance.Case) async throws {
        let faults = try await Self.suite.run(test)
        #expect(faults.isEmpty, "\(test.name): \(faults.joined(separator: "; "))")
    }

    @Test func `delivers an answer that comes late`() async throws {
        let faults = try await Self.suite.runLateAnswer()
        #expect(faults.isEmpty, "\(faults.joined(separator: "; "))")
    }

    @Test(arguments: suite.readingCases)
    func `says what there is to buy, or why it cannot`(_ test: VendorAdapterConformance.ReadingCase) async throws {
        let faults = try await Self.suite.run(test)
        #expect(faults.isEmpty, "\(test): \(faults.joined(separator: "; "))")
    }

    @Test(arguments: suite.proxyCases)
    func `hands out what was sold, whole, or says why it cannot`(_ test: VendorAdapterConformance.ProxyCase)
        async throws
    {
        let faults = try await Self.suite.run(test)
        #expect(faults.isEmpty, "\(test): \(faults.joined(separator: "; "))")
    }

    @Test func `answers what its offers say, and nothing else`() async throws {
        let faults = try await Self.suite.offerFaults()
        #expect(faults.isEmpty, "\(faults.joined(separator: "; "))")
    }
}

import PurchasingTestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct `HeloData's actions, conformance` {
    static let suite = VendorAdapterConformance(HeloDataDialect.dialect)

    @Test(arguments: HeloDataActionDialects.all.flatMap(suite.actionCases))
    func `prove exactly what happened`(_ test: VendorAdapterConformance.ActionCase) async throws {
        let faults = try await Self.suite.run(test)
        #expect(faults.isEmpty, "\(test): \(faults.joined(separator: "; "))")
    }

    @Test(arguments: HeloDataActionDialects.all.flatMap(suite.conditionCases))
    func `find their goods as they stand, or nothing at all`(_ test: VendorAdapterConformance.ConditionCase)
        async throws
    {
        let faults = try await Self.suite.run(test)
        #expect(faults.isEmpty, "\(test): \(faults.joined(separator: "; "))")
    }
}

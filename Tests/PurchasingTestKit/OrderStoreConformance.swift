public import Purchasing
public import Testing

/// What every store of orders and keys has to do, as a list of named checks. A store's tests run each of them on a
/// fresh, empty store:
///
///     @Test(arguments: OrderStoreConformance.checks)
///     func `keeps the promises of a store`(_ check: OrderStoreConformance.Check) async throws {
///         try await check.run(MemoryOrderStore())
///     }
public enum OrderStoreConformance {
    /// One promise, and the test of it.
    public struct Check: Sendable, CustomTestStringConvertible {
        /// The promise, as a sentence.
        public let name: String
        /// Expects the promise to be kept by a store that is empty.
        public let run: @Sendable (any OrderStore & ClientKeyStore) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (any OrderStore & ClientKeyStore) async throws -> Void) {
            self.name = name
            self.run = run
        }

        public var testDescription: String { name }
    }

    /// Every check.
    public static let checks =
        acceptance + changes + refusals + reading + watching + history + statistics + eventFeed + actions
        + actionHistory + actionRefusals
        + buying + budgets + refunds + clientKeys
}

import Synchronization

/// The proxies of one sale, in pieces as they come from the vendor: read once, by one reader at a time.
///
/// A piece is never empty. A list that breaks off throws; it never ends early. Nothing is asked of the vendor before the
/// next piece is wanted, and dropping the list ends the download.
public struct ProxyList: AsyncSequence, Sendable {
    public typealias Element = [BoughtProxy]
    public typealias Failure = VendorError

    private let source: @Sendable () async throws(VendorError) -> [BoughtProxy]?

    /// - Parameter source: gives the next piece; nil at the end of the list, and only there.
    public init(_ source: @escaping @Sendable () async throws(VendorError) -> [BoughtProxy]?) { self.source = source }

    /// How many proxies a piece of a list has that was read as a whole.
    private static let pieceSize = 200

    /// A list that was read as a whole.
    public init(_ proxies: [BoughtProxy]) {
        let rest = Rest(proxies)
        self.init { () async throws(VendorError) in rest.take(Self.pieceSize) }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(list: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let list: ProxyList

        public mutating func next() async throws(VendorError) -> [BoughtProxy]? { try await list.next() }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(VendorError) -> [BoughtProxy]? { try await list.next() }
    }

    func next() async throws(VendorError) -> [BoughtProxy]? {
        while let piece = try await source() {
            if !piece.isEmpty { return piece }
        }
        return nil
    }

    /// The same list, telling once how it went: when it has ended or broken, or when it is dropped before.
    func onEnd(_ tell: @escaping @Sendable (VendorError?) -> Void) -> ProxyList {
        let ending = Ending(tell)
        return ProxyList { [self] () async throws(VendorError) in
            do throws(VendorError) {
                if let piece = try await next() { return piece }
                ending.tell(nil)
                return nil
            } catch {
                ending.tell(error)
                throw error
            }
        }
    }

    /// What is left of proxies that are at hand.
    private final class Rest: Sendable {
        private let proxies: Mutex<ArraySlice<BoughtProxy>>

        init(_ proxies: [BoughtProxy]) { self.proxies = Mutex(proxies[...]) }

        /// The next of them; nil when none are left.
        func take(_ count: Int) -> [BoughtProxy]? {
            proxies.withLock { rest in
                let piece = rest.prefix(count)
                rest = rest.dropFirst(piece.count)
                return piece.isEmpty ? nil : Array(piece)
            }
        }
    }

    /// Tells something once, at the latest when nobody can any more.
    private final class Ending: Sendable {
        private let action: Mutex<(@Sendable (VendorError?) -> Void)?>

        init(_ action: @escaping @Sendable (VendorError?) -> Void) { self.action = Mutex(action) }

        deinit { tell(nil) }

        func tell(_ failure: VendorError?) {
            let action = action.withLock { action in
                defer { action = nil }
                return action
            }
            action?(failure)
        }
    }
}

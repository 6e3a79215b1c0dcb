import Dispatch
import Purchasing
import PurchasingTestKit
import Testing

@testable import WebhookHTTP

/// Names that are slow to find, on few threads.
@Suite(.timeLimit(.minutes(1))) struct HostLookupsTests {
    @Test func `a name that hangs takes one thread, however often it is asked for, and others are found`() async throws
    {
        let (gate, asked) = (DispatchSemaphore(value: 0), Counter())
        let address = try #require(NetworkAddress("127.0.0.1"))
        let lookups = HostLookups(threads: 2) { (name: String) throws(WebhookFailure) in
            guard name == "slow.example" else { return [address] }
            asked.add()
            gate.wait()
            throw .nameNotResolved
        }
        let slow = (0..<20).map { _ in Task { try? await lookups.addresses(of: "slow.example") } }
        while asked.count == 0 { await Task.yield() }
        for number in 0..<5 {
            let found = try await lookups.addresses(of: "quick-\(number).example")
            #expect(found == [address])
        }
        #expect(asked.count == 1)
        for _ in slow { gate.signal() }
        for task in slow {
            let found = await task.value
            #expect(found == nil)
        }
        await lookups.close()
    }

    @Test func `a name is looked up anew once its look-up is over`() async throws {
        let asked = Counter()
        let lookups = HostLookups(threads: 1) { (_: String) throws(WebhookFailure) in
            asked.add()
            throw .addressNotAllowed
        }
        for _ in 0..<2 {
            await #expect(throws: WebhookFailure.addressNotAllowed) { try await lookups.addresses(of: "a.example") }
        }
        #expect(asked.count == 2)
        await lookups.close()
    }
}

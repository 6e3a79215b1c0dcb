import Foundation
import Purchasing
import PurchasingTestKit
import Testing

@Suite struct `Key ring` {
    static func ring(_ store: MemoryOrderStore, clock: ManualClock = ManualClock()) async throws -> KeyRing {
        try await KeyRing(store: store, ids: .examples, timepiece: clock.timepiece)
    }

    @Test func `makes tokens of an id and a secret, and keeps only the digest`() async throws {
        let store = MemoryOrderStore()
        let ring = try await KeyRing(
            store: store, ids: .examples, timepiece: ManualClock().timepiece,
            random: { [UInt8](repeating: 0xFB, count: 32) })
        let (key, token) = try await ring.issue(client: "crawler", role: .buyer)
        let ulid = key.id.text.dropFirst("key_".count)
        let secret = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"
        #expect(token.revealed == "pk_\(ulid)_\(secret)")
        #expect("\(token)" == "<redacted>")
        let stored = try #require(try await store.keys().first)
        #expect(stored == key)
        #expect(stored.secretHash.count == 32)
        #expect(stored.createdAt == .example)
    }

    @Test func `makes secrets that differ`() async throws {
        let ring = try await Self.ring(MemoryOrderStore())
        var tokens: Set<String> = []
        for _ in 0..<50 { tokens.insert(try await ring.issue(client: "crawler", role: .buyer).token.revealed) }
        #expect(tokens.count == 50)
        #expect(tokens.allSatisfy { $0.utf8.count == 73 })
    }

    @Test(arguments: Role.allCases) func `knows a caller by its token, after a restart too`(role: Role) async throws {
        let store = MemoryOrderStore()
        let token = try await Self.ring(store).issue(client: "crawler", role: role).token
        let caller = try await Self.ring(store).authenticate(token.revealed)
        #expect(caller == Caller(client: "crawler", role: role))
    }

    @Test func `knows nobody by a token that differs in one character`() async throws {
        let ring = try await Self.ring(MemoryOrderStore())
        let token = Array(try await ring.issue(client: "crawler", role: .buyer).token.revealed)
        for index in token.indices {
            var other = token
            other[index] = token[index] == "A" ? "B" : "A"
            #expect(ring.authenticate(String(other)) == nil)
        }
        for other in [String(token) + "A", String(token.dropLast()), " " + String(token), ""] {
            #expect(ring.authenticate(other) == nil)
        }
    }

    @Test func `revokes for good, and keeps the first time`() async throws {
        let store = MemoryOrderStore()
        let clock = ManualClock()
        let ring = try await Self.ring(store, clock: clock)
        let (key, token) = try await ring.issue(client: "crawler", role: .buyer)
        #expect(try await ring.revoke(key.id).revokedAt == .example)
        clock.advance(by: .seconds(60))
        #expect(try await ring.revoke(key.id).revokedAt == .example)
        #expect(ring.authenticate(token.revealed) == nil)
        #expect(ring.list().map(\.revokedAt) == [.example])
        #expect(try await Self.ring(store).authenticate(token.revealed) == nil)
    }

    @Test func `cannot revoke a key that is not there`() async throws {
        let ring = try await Self.ring(MemoryOrderStore())
        let problem = await #expect(throws: Problem.self) {
            try await ring.revoke(IdentifierSource.examples.next(.key))
        }
        #expect(problem?.code == .notFound)
    }

    @Test(arguments: ["", "a b", "a/b", "ä", "a\n", String(repeating: "a", count: 65)])
    func `refuses a client's name`(name: String) async throws {
        let store = MemoryOrderStore()
        let ring = try await Self.ring(store)
        let problem = await #expect(throws: Problem.self) { try await ring.issue(client: name, role: .buyer) }
        #expect(problem?.code == .invalidRequest)
        #expect(problem?.faults.map(\.place) == [.pointer("/client")])
        #expect(try await store.keys().isEmpty)
    }

    @Test(arguments: ["a", "A.b_c-9", String(repeating: "a", count: 64)])
    func `takes a client's name`(name: String) async throws {
        #expect(try await Self.ring(MemoryOrderStore()).issue(client: name, role: .buyer).key.client == name)
    }

    @Test func `has no key that could not be stored, and loses none that could not be revoked`() async throws {
        let store = MemoryOrderStore()
        let ring = try await Self.ring(store)
        let (key, token) = try await ring.issue(client: "crawler", role: .buyer)
        await store.fail(with: .unavailable("disk full"))
        let issuing = await #expect(throws: Problem.self) { try await ring.issue(client: "b", role: .buyer) }
        #expect(issuing?.code == .storeUnavailable)
        let revoking = await #expect(throws: Problem.self) { try await ring.revoke(key.id) }
        #expect(revoking?.code == .storeUnavailable)
        #expect(ring.list().map(\.id) == [key.id])
        #expect(ring.authenticate(token.revealed) != nil)
    }
}

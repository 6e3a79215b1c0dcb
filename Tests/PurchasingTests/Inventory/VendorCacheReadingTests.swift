import Foundation
import PurchasingTestKit
import Testing

@testable import Purchasing

/// Who calls the vendor, who waits, and what each is told.
@Suite struct VendorCacheReadingTests {
    typealias Larder = PurchasingTests.Larder

    @Test func `however many ask at once, the vendor is called once`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        larder.vendor.hold()
        let tasks = (0..<500).map { _ in larder.ask() }
        await larder.calls(reach: 1)
        larder.vendor.open()
        for task in tasks {
            let known = await task.value
            #expect(known.value == Larder.told(5))
            #expect(!known.isStale)
            #expect(known.readAt == .example)
            #expect(known.failure == nil)
        }
        #expect(larder.calls == 1)
    }

    @Test func `each topic is read for itself`() async {
        let larder = Larder()
        for query in [StockQuery(.isp), StockQuery(.isp, country: Country("US")), StockQuery(.isp, asn: 1)] {
            _ = await larder.read(.stock(query))
            _ = await larder.read(.stock(query))
        }
        _ = await larder.read(.lists(.isp))
        _ = await larder.read(.lists(.ipv4))
        #expect(larder.calls == 3)
        #expect(larder.vendor.listQueries == [.isp, .ipv4])
    }

    @Test func `a caller that leaves ends nothing`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5))))
        larder.vendor.hold()
        let (leaving, staying) = (larder.ask(), larder.ask())
        await larder.calls(reach: 1)
        leaving.cancel()
        let left = await leaving.value
        #expect(left.value == nil)
        #expect(left.failure?.reason == "no_answer_yet")
        larder.vendor.open()
        #expect(await staying.value.value == Larder.told(5))
        #expect(larder.calls == 1)
    }

    @Test func `the only caller leaves, and its reading is there for the next one`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5))))
        larder.vendor.hold()
        let leaving = larder.ask()
        await larder.calls(reach: 1)
        leaving.cancel()
        _ = await leaving.value
        larder.vendor.open()
        #expect(await larder.read().value == Larder.told(5))
        #expect(larder.calls == 1)
    }

    @Test func `a task that was cancelled before it asked waits for nothing`() async {
        let larder = Larder()
        larder.vendor.hold()
        for _ in 0..<200 {
            let task = larder.ask()
            task.cancel()
            _ = await task.value
        }
        larder.vendor.open()
    }

    // MARK: Age

    @Test func `a fresh reading is told without a call`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        _ = await larder.read()
        larder.clock.advance(by: .milliseconds(59_999))
        #expect(await larder.read().value == Larder.told(5))
        #expect(larder.calls == 1)
    }

    @Test func `a stale reading is told at once, while one call renews it`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(60))
        larder.vendor.hold()
        for _ in 0..<10 {
            let known = await larder.read()
            #expect(known.value == Larder.told(5))
            #expect(known.isStale)
            #expect(known.readAt == .example)
        }
        await larder.calls(reach: 2)
        larder.vendor.open()
        await larder.until { await larder.read().value == Larder.told(6) }
        let known = await larder.read()
        #expect(!known.isStale)
        #expect(known.readAt == Date.example.advanced(by: .seconds(60)))
        #expect(larder.calls == 2)
    }

    @Test func `lists are fresh for hours`() async {
        let larder = Larder()
        _ = await larder.read(.lists(.isp))
        larder.clock.advance(by: .seconds(6 * 3600 - 1))
        #expect(await larder.read(.lists(.isp)).isStale == false)
        larder.clock.advance(by: .seconds(1))
        #expect(await larder.read(.lists(.isp)).isStale == true)
    }

    @Test func `what is too old counts as absent`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(24 * 3600))
        #expect(larder.cache.known(Larder.isp, at: "a")?.value == Larder.told(5))
        larder.clock.advance(by: .milliseconds(1))
        #expect(larder.cache.known(Larder.isp, at: "a") == nil)
        #expect(larder.cache.bytes == 0)
        #expect(await larder.read().value == Larder.told(6))
    }

    @Test func `a clock that is set makes nothing fresh or stale`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        _ = await larder.read()
        larder.clock.setWall(by: .seconds(86_400))
        #expect(await larder.read().isStale == false)
        larder.clock.setWall(by: .seconds(-7 * 86_400))
        #expect(await larder.read().isStale == false)
        larder.clock.advance(by: .seconds(60))
        #expect(await larder.read().isStale == true)
        await larder.calls(reach: 2)
    }

    // MARK: Not before

    @Test func `who needs a later reading waits for the next call, and one next call serves all`() async {
        let larder = Larder(
            Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6)), .success(Larder.rows(7))))
        larder.vendor.hold()
        let first = larder.ask()
        await larder.calls(reach: 1)
        larder.clock.advance(by: .seconds(1))
        let noon = larder.clock.now
        let later = (0..<20).map { _ in larder.ask(notBefore: noon) }
        let whatever = larder.ask()
        larder.clock.advance(by: .seconds(1))
        larder.vendor.open()
        #expect(await first.value.value == Larder.told(5))
        #expect(await whatever.value.value == Larder.told(5))
        for task in later {
            let known = await task.value
            #expect(known.value == Larder.told(6))
            #expect(known.readAt == noon.advanced(by: .seconds(1)))
        }
        #expect(larder.calls == 2)
    }

    @Test func `a reading that began late enough is enough`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        _ = await larder.read()
        larder.clock.advance(by: .seconds(10))
        #expect(await larder.read(notBefore: Date.example.advanced(by: .milliseconds(-1))).value == Larder.told(5))
        #expect(larder.calls == 1)
        #expect(await larder.read(notBefore: .example).value == Larder.told(6))
        #expect(larder.calls == 2)
    }

    /// A price that was read just before an order must not pass for one that was read after it.
    @Test func `a reading of the same millisecond may have begun before, so it is not enough`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5)), .success(Larder.rows(6))))
        _ = await larder.read()
        larder.clock.advance(by: .microseconds(300))
        let instant = larder.clock.now
        #expect(instant == .example)
        larder.clock.advance(by: .microseconds(300))
        let known = await larder.read(notBefore: instant)
        #expect(known.value == Larder.told(6))
        #expect(known.readAt == instant)
        #expect(larder.calls == 2)
    }

    @Test func `a clock that is set lets no old reading pass for a new one`() async {
        let larder = Larder()
        for leap in [Duration.seconds(3600), .seconds(-3600)] {
            _ = await larder.read()
            larder.clock.advance(by: .seconds(1))
            let (instant, calls) = (larder.clock.now, larder.calls)
            larder.clock.setWall(by: leap)
            _ = await larder.read(notBefore: instant)
            #expect(larder.calls == calls + 1)
        }
    }

    @Test func `a call that waits for room has not begun, so it serves whoever comes`() async {
        let larder = Larder { $0.readsAtOnce = 1 }
        larder.vendor.hold()
        let other = larder.ask(.stock(StockQuery(.isp)))
        await larder.calls(reach: 1)
        let first = larder.ask()
        await larder.until { larder.cache.count == 2 }
        larder.clock.advance(by: .seconds(1))
        let second = larder.ask(notBefore: larder.clock.now)
        larder.vendor.open()
        _ = await other.value
        #expect(await first.value.readAt == larder.clock.now)
        #expect(await second.value.readAt == larder.clock.now)
        #expect(larder.calls == 2)
    }

    @Test func `an instant that is still to come is met by a call that begins now`() async {
        let larder = Larder()
        _ = await larder.read()
        larder.clock.advance(by: .seconds(1))
        let tomorrow = larder.clock.now.advanced(by: .seconds(86_400))
        #expect(await larder.read(notBefore: tomorrow).failure == nil)
        #expect(await larder.read(notBefore: tomorrow).failure == nil)
        #expect(larder.calls == 2)
    }

    // MARK: Vendors that are not asked

    @Test func `at most four reads of a vendor are in flight, and another vendor's are not among them`() async {
        let other = ScriptedVendor.idempotent()
        let larder = Larder(others: [Vendor(name: "b", adapter: other)])
        larder.vendor.hold()
        let tasks = (0..<20).map { larder.ask(.stock(StockQuery(.isp, asn: $0 + 1))) }
        await larder.calls(reach: 4)
        _ = await larder.cache.reading(.stock(StockQuery(.isp)), at: "b")
        #expect(other.stockQueries.count == 1)
        #expect(larder.calls == 4)
        larder.vendor.open()
        for task in tasks { #expect(await task.value.failure == nil) }
        #expect(larder.calls == 20)
    }

    @Test func `when too many reads wait, new ones are turned away`() async {
        let larder = Larder {
            $0.readsAtOnce = 1
            $0.maxReads = 3
        }
        larder.vendor.hold()
        let tasks = (0..<3).map { larder.ask(.stock(StockQuery(.isp, asn: $0 + 1))) }
        await larder.calls(reach: 1)
        await larder.until { larder.cache.reads(at: "a") == 3 }
        let turnedAway = await larder.read()
        #expect(turnedAway.value == nil)
        #expect(turnedAway.failure?.reason == "busy")
        larder.vendor.open()
        for task in tasks { #expect(await task.value.failure == nil) }
        larder.clock.advance(by: .seconds(1))
        #expect(await larder.read().failure == nil)
    }

    @Test func `a vendor that is disabled or not there is not read`() async {
        let larder = Larder(isEnabled: false)
        #expect(await larder.read().failure == ReadFailure(reason: "disabled", at: .example))
        #expect(await larder.cache.reading(Larder.isp, at: "z").failure?.reason == "not_configured")
        #expect(larder.cache.known(Larder.isp, at: "a") == nil)
        #expect(larder.calls == 0)
        #expect(larder.cache.count == 0)
    }

    @Test func `what is known is told without a call`() async {
        let larder = Larder(Larder.vendor(.success(Larder.rows(5))))
        #expect(larder.cache.known(Larder.isp, at: "a") == nil)
        #expect(larder.calls == 0)
        _ = await larder.read()
        larder.clock.advance(by: .seconds(3600))
        let known = larder.cache.known(Larder.isp, at: "a")
        #expect(known?.value == Larder.told(5))
        #expect(known?.isStale == true)
        #expect(larder.calls == 1)
    }
}

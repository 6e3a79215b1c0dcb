import Foundation
import Purchasing
import PurchasingTestKit
import Testing

/// Many at once, on many threads: what holds for one holds for all.
@Suite struct VendorCacheStormTests {
    @Test func `whoever asks after a purchase is told what was read after it`() async {
        let larder = Larder { $0.fresh = .milliseconds(3) }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for _ in 0..<300 {
                        larder.clock.advance(by: .milliseconds(1))
                        let asked = larder.clock.now
                        if number.isMultiple(of: 2) {
                            larder.cache.forget(touchedBy: Larder.order())
                            #expect((await larder.read().readAt ?? .distantPast) >= asked)
                        } else {
                            #expect((await larder.read(notBefore: asked).readAt ?? .distantPast) >= asked)
                        }
                    }
                }
            }
        }
        _ = await larder.read()
        #expect(larder.cache.count == 1)
    }

    @Test func `callers that leave at any moment leave nothing undone`() async {
        let larder = Larder { $0.maxEntries = 20 }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2000 {
                group.addTask {
                    let task = larder.ask(.stock(StockQuery(.isp, asn: number % 50 + 1)), notBefore: larder.clock.now)
                    larder.clock.advance(by: .milliseconds(1))
                    if number.isMultiple(of: 3) { task.cancel() }
                    _ = await task.value
                }
            }
        }
        await larder.until { larder.cache.count <= 20 }
        #expect(await larder.read().failure == nil)
    }
}

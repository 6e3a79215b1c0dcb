import Foundation
import Logging

/// Reads the accounts that owe money until they do not, so that buying goes on by itself.
enum OverdraftWatch {
    /// Watches a vendor until the task is cancelled or the server drains.
    static func run(_ vendor: Vendor, on floor: BuyingFloor) async {
        let begun = floor.timepiece.now()
        for await _ in vendor.health.overdrafts {
            guard let overdraft = vendor.health.current.overdraft else { continue }
            floor.logger.error(
                "vendor's balance is below zero, and nothing is bought there until it is not",
                metadata: ["vendor": "\(vendor.name)", "balance": "\(overdraft.balance.text)"])
            // Through the cache, which tells it to others and keeps it for the next start; anew where an earlier process
            // read it.
            await floor.readAccount(of: vendor, notBefore: max(begun, vendor.health.current.balanceReadAt ?? begun))
            while vendor.health.current.overdraft != nil {
                guard await floor.timepiece.pause(vendor.policy.breakerRest) else { return }
                await floor.readAccount(of: vendor, notBefore: floor.timepiece.now())
            }
            floor.logger.notice(
                "vendor's balance is not below zero any more",
                metadata: [
                    "vendor": "\(vendor.name)", "balance": "\(vendor.health.current.balance?.text ?? "")",
                ])
        }
    }
}

extension BuyingFloor {
    /// Reads a vendor's account, unless it was read since an instant.
    @discardableResult func readAccount(of vendor: Vendor, notBefore instant: Date?) async -> KnownReading {
        await desk.cache.reading(.account, at: vendor.name, notBefore: instant)
    }

    /// Has a vendor's account read that cannot cover something: it may owe money.
    func noteInsufficientBalance(at vendor: Vendor) {
        let recent = timepiece.now().advanced(by: .zero - RoutingDesk.quoteAge)
        jobs.add { [self] in await readAccount(of: vendor, notBefore: recent) }
    }
}

public import Foundation

/// A vendor's account that owes money: nothing is bought there until its balance is read at zero or above.
public struct Overdraft: Sendable, Hashable {
    /// The balance as it was read last; below zero.
    public let balance: Money
    /// When it was first read so.
    public let since: Date
}

extension Vendor {
    /// Why nothing may be spent at the vendor now; nil where it may. What was sent before is carried on all the same: it is
    /// counted already.
    var overdraftProblem: Problem? {
        guard let overdraft = health.current.overdraft else { return nil }
        return VendorRouter.overdrawn(overdraft.balance, vendor: name)
    }
}

extension Purchaser {
    /// Learns which accounts owed money when they were read last, perhaps by an earlier process.
    func learnOverdrafts() {
        for vendor in floor.vendors {
            guard let known = floor.desk.cache.glance(at: .account, of: vendor.name), let readAt = known.readAt,
                case .account(let account) = known.value, let balance = account.balance, balance.amount < .zero
            else { continue }
            vendor.health.note(balance, at: readAt)
        }
    }
}

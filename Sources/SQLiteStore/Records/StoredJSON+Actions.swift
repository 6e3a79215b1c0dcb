import ExactJSON
import Foundation
import Purchasing

extension GoodsCondition: StoredAsJSON {
    var stored: JSON {
        .object([
            ("is_there", .bool(isThere)), ("expires_at", expiresAt.map { .int(Int($0.milliseconds)) }),
            ("count", count.map(JSON.int)), ("ips", ips.map(JSON.string)),
            ("marks", marks.map { .array($0.map(JSON.int)) }), ("holds_ip", holdsIP.map(JSON.bool)),
            ("credentials", credentials.map(JSON.int)), ("renews_itself", renewsItself.map(JSON.bool)),
            ("allowed", allowed.map(JSON.texts)), ("allowed_entries", allowedEntries.map(JSON.texts)),
            ("balance", balance?.stored),
        ])
    }

    init?(stored: JSON) {
        guard let isThere = stored["is_there"]?.bool else { return nil }
        self.init(isThere: isThere)
        expiresAt = stored["expires_at"]?.int.map { Date(milliseconds: Int64($0)) }
        count = stored["count"]?.int
        ips = stored["ips"]?.string
        marks = stored["marks"]?.array?.compactMap(\.int)
        holdsIP = stored["holds_ip"]?.bool
        credentials = stored["credentials"]?.int
        renewsItself = stored["renews_itself"]?.bool
        allowed = stored["allowed"]?.texts
        allowedEntries = stored["allowed_entries"]?.texts
        balance = stored["balance"].flatMap(Money.init(stored:))
        // Evidence that was read only in part would be other evidence.
        guard self.stored == stored else { return nil }
    }
}

extension RentalTime: StoredAsJSON {
    var stored: JSON {
        switch self {
        case .months(let months): ["months": .int(months)]
        case .days(let days): ["days": .int(days)]
        }
    }

    init?(stored: JSON) {
        if let months = stored["months"]?.int {
            self = .months(months)
        } else if let days = stored["days"]?.int {
            self = .days(days)
        } else {
            return nil
        }
    }
}

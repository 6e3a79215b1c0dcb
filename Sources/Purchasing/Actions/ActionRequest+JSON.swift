import Crypto
public import ExactJSON

extension ActionRequest {
    /// The request in normal form: always the same members in the same order.
    public var json: JSON {
        .object(
            [("kind", .string(task.kind.rawValue))] + members + [
                ("max_total", maxTotal.map { .string($0.text) }),
                ("allow_unknown_price", allowUnknownPrice ? true : nil),
            ])
    }

    /// SHA-256 of the normal form and the order that it is about, in hexadecimal.
    public func fingerprint(about order: OrderID) -> String {
        let json = JSON.object([("order_id", .string(order.text)), ("request", json)])
        return SHA256.hash(data: json.bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private var members: [(String, JSON?)] {
        switch task {
        case .renew(let rental, let ips, let promoCode):
            rental.members + [
                ("ips", ips.isEmpty ? nil : .array(ips.map(JSON.string))), ("promo_code", promoCode.map(JSON.string)),
            ]
        case .refresh, .rotatePassword, .release: []
        case .replace(let ip, let reason): [("ip", .string(ip)), ("reason", reason.map(JSON.string))]
        case .autoRenew(let rental): [("enabled", .bool(rental != nil))] + (rental?.members ?? [])
        case .allow(let address, let label): [("address", .string(address)), ("label", label.map(JSON.string))]
        case .disallow(let entry): [("entry", .string(entry))]
        }
    }

    /// A request as it was stored; nil when it is not one that `json` gives.
    public init?(stored json: JSON) {
        guard let kind = json["kind"]?.string.flatMap(ActionKind.init(rawValue:)),
            let task = ActionTask(kind, stored: json)
        else { return nil }
        var maxTotal: Money?
        if let text = json["max_total"]?.string {
            guard let amount = Millionths(text) else { return nil }
            maxTotal = Money(amount)
        }
        self.init(task, maxTotal: maxTotal, allowUnknownPrice: json["allow_unknown_price"]?.bool ?? false)
    }
}

extension ActionTask {
    fileprivate init?(_ kind: ActionKind, stored json: JSON) {
        switch kind {
        case .renew:
            guard let rental = RentalTime(stored: json) else { return nil }
            let ips = (json["ips"]?.array ?? []).compactMap(\.string)
            self = .renew(rental, ips: ips, promoCode: json["promo_code"]?.string)
        case .refresh: self = .refresh
        case .rotatePassword: self = .rotatePassword
        case .release: self = .release
        case .replace:
            guard let ip = json["ip"]?.string else { return nil }
            self = .replace(ip: ip, reason: json["reason"]?.string)
        case .autoRenew:
            guard json["enabled"]?.bool == true else {
                self = .autoRenew(nil)
                return
            }
            guard let rental = RentalTime(stored: json) else { return nil }
            self = .autoRenew(rental)
        case .allow:
            guard let address = json["address"]?.string else { return nil }
            self = .allow(address, label: json["label"]?.string)
        case .disallow:
            guard let entry = json["entry"]?.string else { return nil }
            self = .disallow(entry: entry)
        }
    }
}

extension RentalTime {
    /// `months` or `days`, as requests have it.
    fileprivate var members: [(String, JSON?)] {
        switch self {
        case .months(let months): [("months", .int(months))]
        case .days(let days): [("days", .int(days))]
        }
    }

    fileprivate init?(stored json: JSON) {
        if let months = json["months"]?.int {
            self = .months(months)
        } else if let days = json["days"]?.int {
            self = .days(days)
        } else {
            return nil
        }
    }
}

public import ExactJSON
import Foundation

/// The form in which readings outlive a restart. Names that are not known are skipped; a document in which anything known
/// cannot be read gives no reading at all, since a part of one would be taken for the whole.
extension VendorReading {
    /// The reading as a document, exact to the digit.
    public var json: JSON {
        switch self {
        case .stock(let rows): ["stock": .array(rows.map(\.stored))]
        case .lists(let lists): ["lists": lists.stored]
        case .account(let account): ["account": account.stored]
        }
    }

    /// Reads what `json` gives; nil for anything else.
    public init?(json: JSON) {
        if let rows = json["stock"] {
            guard let rows = rows.elements(InventoryRow.init(stored:)) else { return nil }
            self = .stock(rows)
        } else if let lists = json["lists"] {
            guard let lists = ReferenceLists(stored: lists) else { return nil }
            self = .lists(lists)
        } else if let account = json["account"] {
            guard let account = VendorAccount(stored: account) else { return nil }
            self = .account(account)
        } else {
            return nil
        }
    }
}

/// A member that is there but cannot be read.
private struct Unreadable: Error {}

extension InventoryRow {
    fileprivate var stored: JSON {
        .object([
            ("shape", .string(shape.rawValue)), ("country", country.map { .string($0.alpha2) }),
            ("city", city.map(JSON.string)), ("asn", asn.map(JSON.int)), ("available", available.map(JSON.int)),
            ("price", price?.stored), ("rental_days", rentalDays.isEmpty ? nil : .array(rentalDays.map(JSON.int))),
            ("mobile_operator", mobileOperator.map(JSON.string)),
            ("rotation_seconds", rotationSeconds.isEmpty ? nil : .array(rotationSeconds.map(JSON.int))),
            ("details", details),
        ])
    }

    fileprivate init?(stored: JSON) {
        guard let shape = stored["shape"]?.string.flatMap(ProductShape.init(rawValue:)) else { return nil }
        do throws(Unreadable) {
            self.init(
                shape, country: try stored.member("country") { $0.string.flatMap(Country.init) },
                city: try stored.member("city", \.string), asn: try stored.member("asn", \.int),
                available: try stored.member("available", \.int),
                price: try stored.member("price", UnitPrice.init(stored:)),
                rentalDays: try stored.member("rental_days", \.integers) ?? [],
                mobileOperator: try stored.member("mobile_operator", \.string),
                rotationSeconds: try stored.member("rotation_seconds", \.integers) ?? [], details: stored["details"])
        } catch {
            return nil
        }
    }
}

extension UnitPrice {
    fileprivate var stored: JSON { ["money": money.json, "per": .string(unit.rawValue)] }

    fileprivate init?(stored: JSON) {
        guard let money = stored["money"].flatMap(Money.init(told:)),
            let unit = stored["per"]?.string.flatMap(Unit.init(rawValue:))
        else { return nil }
        self.init(money, per: unit)
    }
}

extension Money {
    /// Reads what `json` gives.
    fileprivate init?(told: JSON) {
        guard let amount = told["amount"]?.string.flatMap({ Millionths($0, allowsSign: true) }),
            let currency = told["currency"]?.string
        else { return nil }
        self.init(amount, currency: currency)
    }
}

extension VendorAccount {
    fileprivate var stored: JSON { .object([("balance", balance?.json), ("kyc_status", kycStatus.map(JSON.string))]) }

    fileprivate init?(stored: JSON) {
        guard stored.object != nil else { return nil }
        do throws(Unreadable) {
            self.init(
                balance: try stored.member("balance", Money.init(told:)),
                kycStatus: try stored.member("kyc_status", \.string))
        } catch {
            return nil
        }
    }
}

extension ReferenceLists {
    fileprivate var stored: JSON {
        .object([
            ("countries", countries.map { .array($0.map { .string($0.alpha2) }) }),
            ("rental_days", rentalDays.map { .array($0.map(JSON.int)) }),
            ("mobile_operators", mobileOperators.map { .array($0.map(\.stored)) }),
            ("promo_codes", promoCodes.map { .array($0.map(\.stored)) }),
        ])
    }

    fileprivate init?(stored: JSON) {
        guard stored.object != nil else { return nil }
        do throws(Unreadable) {
            self.init(
                countries: try stored.member("countries") { $0.elements { $0.string.flatMap(Country.init) } },
                rentalDays: try stored.member("rental_days", \.integers),
                mobileOperators: try stored.member("mobile_operators") { $0.elements(MobileOperator.init(stored:)) },
                promoCodes: try stored.member("promo_codes") { $0.elements(PromoCode.init(stored:)) })
        } catch {
            return nil
        }
    }
}

extension ReferenceLists.MobileOperator {
    fileprivate var stored: JSON {
        .object([
            ("name", .string(name)), ("country", country.map { .string($0.alpha2) }),
            ("rotation_seconds", .array(rotationSeconds.map(JSON.int))),
        ])
    }

    fileprivate init?(stored: JSON) {
        guard let name = stored["name"]?.string else { return nil }
        do throws(Unreadable) {
            self.init(
                name: name, country: try stored.member("country") { $0.string.flatMap(Country.init) },
                rotationSeconds: try stored.member("rotation_seconds", \.integers) ?? [])
        } catch {
            return nil
        }
    }
}

extension ReferenceLists.PromoCode {
    fileprivate var stored: JSON {
        .object([
            ("code", .string(code)), ("discount", discount.map(JSON.number)),
            ("starts_at", startsAt.map { .int(Int($0.milliseconds)) }),
            ("ends_at", endsAt.map { .int(Int($0.milliseconds)) }),
        ])
    }

    fileprivate init?(stored: JSON) {
        guard let code = stored["code"]?.string else { return nil }
        do throws(Unreadable) {
            self.init(
                code: code, discount: try stored.member("discount", \.number),
                startsAt: try stored.member("starts_at", \.instant), endsAt: try stored.member("ends_at", \.instant))
        } catch {
            return nil
        }
    }
}

extension JSON {
    /// A member, read; nil when it is not there.
    /// - Throws: `Unreadable` when it is there and is anything else.
    fileprivate func member<Value>(_ name: String, _ read: (JSON) -> Value?) throws(Unreadable) -> Value? {
        guard let member = self[name] else { return nil }
        guard let value = read(member) else { throw Unreadable() }
        return value
    }

    /// The elements of an array, read; nil when one cannot be.
    fileprivate func elements<Value>(_ read: (JSON) -> Value?) -> [Value]? {
        guard let elements = array else { return nil }
        let values = elements.compactMap(read)
        return values.count == elements.count ? values : nil
    }

    fileprivate var integers: [Int]? { elements(\.int) }

    fileprivate var instant: Date? { int.map { Date(milliseconds: Int64($0)) } }
}

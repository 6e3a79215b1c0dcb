import ExactJSON
import OrderedCollections

/// Reads an order request member by member and notes every fault it meets.
struct OrderRequestReader {
    private(set) var faults: [Fault] = []
    private let body: JSON

    init(_ body: JSON) { self.body = body }

    /// The fields that every product takes.
    private static let commonFields = ["product", "vendor", "max_total", "allow_unknown_price", "metadata"]

    /// The fields that the rented products take.
    private static let rentalFields = ["quantity", "months", "days", "country", "goal", "auth", "promo_code"]

    /// The fields of each product, beside the common ones.
    private static func fields(of shape: ProductShape) -> [String] {
        switch shape {
        case .residential, .mobileByGB: ["gb"]
        case .mobileByIP: rentalFields + ["mobile_operator", "rotation_seconds"]
        case .isp: rentalFields + ["city", "asn", "subuser"]
        case .ipv4: rentalFields
        case .ipv6: rentalFields + ["protocol"]
        }
    }

    private static let allFields = Set(
        commonFields + ProductShape.allCases.flatMap { fields(of: $0) })

    private static let allowedFields = Dictionary(
        uniqueKeysWithValues: ProductShape.allCases.map { ($0, Set(commonFields + fields(of: $0))) })

    mutating func request() -> OrderRequest? {
        guard let members = body.object else {
            fault("", "not_an_object", "send one JSON object")
            return nil
        }
        for name in members.keys where !Self.allFields.contains(name) {
            fault(
                Self.pointer(name), "unknown_field",
                "there is no such field; fields are \(Self.allFields.sorted().joined(separator: ", "))")
        }
        let product = choice("product", of: Product.self, isRequired: true)
        let gb = gigabytes()
        let quantity = whole("quantity", 1...1_000_000, code: "quantity_out_of_range")
        let rental = rentalTime()
        let country = country()
        let city = city()
        let asn = whole("asn", 1...4_294_967_295)
        let subuser = token("subuser", prefix: "sub_", characters: "letters, digits, _ and -")
        let goal = text("goal", 1...200)
        let auth = auth()
        let proxyProtocol = choice("protocol", of: ProxyProtocol.self)
        let mobileOperator = token(
            "mobile_operator", allowsBlanks: true, characters: "letters, digits, blanks, . _ - and &")
        let rotation = whole("rotation_seconds", 1...86_400)
        let promoCode = token("promo_code", characters: "letters, digits, _ and -")
        let vendor = vendor()
        let maxTotal = maxTotal()
        let allowUnknownPrice = flag("allow_unknown_price") ?? false
        let metadata = metadata()
        guard let product else { return nil }
        let request = OrderRequest(
            product: product, gb: gb, quantity: quantity, rental: rental, country: country, city: city, asn: asn,
            subuser: subuser, goal: goal, auth: auth, proxyProtocol: proxyProtocol, mobileOperator: mobileOperator,
            rotationSeconds: rotation, promoCode: promoCode, vendor: vendor, maxTotal: maxTotal,
            allowUnknownPrice: allowUnknownPrice, metadata: metadata)
        checkFields(of: product)
        return request
    }

    // MARK: Which fields go with which product

    private mutating func checkFields(of product: Product) {
        let shape = shape(of: product)
        if product == .mobile, has("gb"), has("quantity") {
            fault("/gb", "conflicting_fields", "mobile is sold by gb or by quantity of IPs; send one of them")
        }
        let allowed = Self.allowedFields[shape] ?? []
        for name in body.object?.keys.elements ?? [] where has(name) && Self.allFields.contains(name) {
            let isTheConflict = product == .mobile && (name == "gb" || name == "quantity")
            if !allowed.contains(name), !isTheConflict {
                fault("/\(name)", "not_applicable", "\(shape.words) has no \(name); leave it out")
            }
        }
        for name in required(of: shape) where !has(name) {
            let other = shape == .mobileByGB ? ", or quantity, country and the other fields of mobile by IP" : ""
            fault("/\(name)", "required", "\(shape.words) needs \(name)\(other)")
        }
        let isRented = allowed.contains("months")
        if isRented, !has("months"), !has("days") {
            fault("/months", "required", "\(shape.words) needs months or days")
        }
    }

    private func shape(of product: Product) -> ProductShape {
        switch product {
        case .residential: .residential
        case .mobile:
            has("gb") || !has("quantity") && !has("country") && !has("mobile_operator") ? .mobileByGB : .mobileByIP
        case .isp: .isp
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    private func required(of shape: ProductShape) -> [String] {
        switch shape {
        case .residential, .mobileByGB: ["gb"]
        case .mobileByIP: ["quantity", "country", "mobile_operator", "rotation_seconds"]
        case .isp, .ipv4: ["quantity", "country"]
        case .ipv6: ["quantity", "country", "protocol"]
        }
    }

    // MARK: Fields with rules of their own

    private mutating func gigabytes() -> Millionths? {
        guard let value = value("gb") else { return nil }
        guard let number = value.number, let gb = Millionths(number), Millionths.decimals(in: number.literal) <= 6,
            gb > .zero, gb <= Millionths(1_000_000 * 1_000_000)
        else {
            fault(
                "/gb", "invalid_gb",
                "a JSON number above 0 and at most 1000000, with at most 6 decimals and no exponent")
            return nil
        }
        return gb
    }

    private mutating func rentalTime() -> RentalTime? {
        let months = whole("months", 1...60)
        let days = whole("days", 1...1800)
        if has("months"), has("days") {
            fault("/days", "conflicting_fields", "send months or days, not both")
            return nil
        }
        return months.map(RentalTime.months) ?? days.map(RentalTime.days)
    }

    private mutating func country() -> Country? {
        guard let value = value("country") else { return nil }
        guard let code = value.string, let country = Country(code) else {
            fault("/country", "unknown_country", "an ISO 3166-1 code such as US or USA")
            return nil
        }
        return country
    }

    private mutating func city() -> String? {
        guard let value = value("city") else { return nil }
        let accepted = { (character: Character) in
            character.isASCII && (character.isLetter || " .'-".contains(character))
        }
        guard let city = value.string, city.count <= 64, city.allSatisfy(accepted), city.contains(where: \.isLetter)
        else {
            fault("/city", "invalid_city", "1 to 64 Latin letters without accents, such as newyork")
            return nil
        }
        return String(city.lowercased().filter(\.isLetter))
    }

    private mutating func auth() -> ProxyAuth {
        guard let value = value("auth") else { return .login }
        guard let members = value.object else {
            fault("/auth", "invalid_auth", #"{"type":"login"} or {"type":"ip","ip":"203.0.113.7"}"#)
            return .login
        }
        for name in members.keys where name != "type" && name != "ip" {
            fault("/auth" + Self.pointer(name), "unknown_field", "auth has type and ip")
        }
        let address = members["ip"].flatMap { $0.isNull ? nil : $0 }
        switch members["type"]?.string {
        case "login":
            if address != nil { fault("/auth/ip", "not_applicable", "auth by login has no ip; leave it out") }
        case "ip":
            if let text = address?.string.flatMap(IPAddress.normalForm) { return .ip(text) }
            fault(
                "/auth/ip", address == nil ? "required" : "invalid_ip",
                "an IPv4 or IPv6 address that may use the proxies")
        default:
            fault("/auth/type", "invalid_choice", "login or ip")
        }
        return .login
    }

    private mutating func vendor() -> VendorChoice {
        guard let value = value("vendor") else { return .auto }
        guard let name = value.string, (1...64).contains(name.utf8.count) else {
            fault("/vendor", "unknown_vendor", "a configured vendor's name, or auto")
            return .auto
        }
        return name == "auto" ? .auto : .named(name)
    }

    private mutating func maxTotal() -> Money? {
        guard let value = value("max_total") else { return nil }
        guard let text = value.string ?? value.number?.literal, text.prefix(while: { $0 != "." }).count <= 7,
            Millionths.decimals(in: text) <= 6, let amount = Millionths(text)
        else {
            fault(
                "/max_total", "invalid_amount",
                #"US dollars such as "150.00": at most 7 digits, and at most 6 decimals"#)
            return nil
        }
        return Money(amount)
    }

    private mutating func metadata() -> [OrderRequest.Label] {
        guard let value = value("metadata") else { return [] }
        guard let members = value.object, members.count <= 20 else {
            fault("/metadata", "invalid_metadata", "an object of at most 20 strings")
            return []
        }
        var labels: [OrderRequest.Label] = []
        for (name, value) in members where !value.isNull {
            if !(1...40).contains(name.count) {
                fault("/metadata" + Self.pointer(name), "invalid_metadata", "a name has 1 to 40 characters")
            } else if let text = value.string, text.count <= 500 {
                labels.append(.init(name: name, value: text))
            } else {
                fault(
                    "/metadata" + Self.pointer(name), "invalid_metadata",
                    "a value is a string of at most 500 characters")
            }
        }
        return labels.sorted { $0.name < $1.name }
    }

    // MARK: Kinds of field

    private func has(_ name: String) -> Bool { value(name) != nil }

    /// The member's value; nil when it is absent or `null`.
    private func value(_ name: String) -> JSON? { body[name].flatMap { $0.isNull ? nil : $0 } }

    private mutating func whole(_ name: String, _ range: ClosedRange<Int>, code: String = "out_of_range") -> Int? {
        guard let value = value(name) else { return nil }
        guard value.number != nil else {
            fault("/\(name)", "not_an_integer", "a JSON integer, \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        guard let whole = value.int else {
            let isWhole = value.number?.literal.dropFirst().allSatisfy(\.isNumber) ?? false
            fault(
                "/\(name)", isWhole ? code : "not_an_integer",
                "a JSON integer, \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        guard range.contains(whole) else {
            fault("/\(name)", code, "\(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return whole
    }

    private mutating func text(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string, length.contains(text.count), text.contains(where: { !$0.isWhitespace }) else {
            fault(
                "/\(name)", "invalid_text", "\(length.lowerBound) to \(length.upperBound) characters, not only blanks")
            return nil
        }
        return text
    }

    private mutating func token(
        _ name: String, prefix: String = "", allowsBlanks: Bool = false, characters: String
    ) -> String? {
        guard let value = value(name) else { return nil }
        let accepted = { (character: Character) in
            character.isASCII
                && (character.isLetter || character.isNumber || "_-".contains(character)
                    || allowsBlanks && " .&".contains(character))
        }
        guard let token = value.string, token.hasPrefix(prefix), token.count > prefix.count, token.count <= 64,
            token.allSatisfy(accepted)
        else {
            let start = prefix.isEmpty ? "" : "\(prefix) and then "
            fault("/\(name)", "invalid_text", "\(start)\(characters); at most 64 characters")
            return nil
        }
        return token
    }

    private mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type, isRequired: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        guard let value = value(name) else {
            if isRequired { fault("/\(name)", "required", Self.oneOf(type)) }
            return nil
        }
        guard let choice = value.string.flatMap(Choice.init) else {
            fault("/\(name)", "invalid_choice", Self.oneOf(type))
            return nil
        }
        return choice
    }

    private static func oneOf<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> String
    where Choice.RawValue == String {
        "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private mutating func flag(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else {
            fault("/\(name)", "not_a_boolean", "true or false")
            return nil
        }
        return flag
    }

    private mutating func fault(_ pointer: String, _ code: String, _ detail: String) {
        faults.append(Fault(.pointer(pointer), code, detail))
    }

    /// A member's name as a step of a JSON pointer; cut, since it is the caller's text.
    private static func pointer(_ name: String) -> String {
        "/" + name.prefix(64).replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

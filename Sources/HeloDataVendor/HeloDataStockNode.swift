import ExactJSON
import OrderedCollections
import Purchasing
import VendorHTTP

/// One object of the inventory's answer, or a bare name in a list of names: what it says of itself, and its parts.
///
/// No page shows the answer. Documented is only that it tells "available quantity, cities, and pricing per ASN"
/// (/api-reference/orders) and, without filters, each country's available quantity, monthly price and offered cities
/// (/products/overview-2/locations). Every spelling and every nesting here is assumed, from the vendor's other answers and
/// from what such fields are usually called.
struct HeloDataStockNode {
    /// What the names of a list mean, and what the keys of an object of objects mean.
    enum Place {
        case country, city, asn, any
    }

    /// Something that may be told, told unreadably, or not told.
    enum Told<Value: Hashable>: Hashable {
        case nothing
        case unreadable
        case value(Value)

        var value: Value? {
            guard case .value(let value) = self else { return nil }
            return value
        }

        var isTold: Bool { self != .nothing }
    }

    /// What enclosing objects say of the prices inside them.
    struct Frame {
        /// The documents know no other currency (`total_usd`, /api-reference/orders).
        var currency = Told.value("USD")
        /// Whether a price is that of one IP for one month (/products/overview-2/locations: "monthly price").
        var isForIPMonth = true
    }

    private(set) var country = Told<Country>.nothing
    private(set) var city = Told<String>.nothing
    private(set) var asn = Told<Int>.nothing
    private(set) var available: Int?
    private(set) var price = Told<Money>.nothing
    private(set) var parts: [HeloDataStockNode] = []
    /// Whether this only wraps a list, as `{"data":[…]}` does.
    private(set) var isEnvelope = false
    /// Whether something was read, if only that a list is empty.
    private(set) var isUnderstood = false
    /// What was not understood.
    private(set) var rest: JSON?

    /// Whether it says where it is.
    var statesPlace: Bool { country.isTold || city.isTold || asn.isTold }

    /// Whether it is nothing but a place's name.
    var isNameOnly: Bool { available == nil && !price.isTold && rest == nil && parts.isEmpty }

    /// Whether no part of it says another price.
    func agrees(on price: Money) -> Bool {
        parts.allSatisfy { part in
            (!part.price.isTold || part.price == .value(price)) && part.agrees(on: price)
        }
    }

    /// Whether it, or a part of it, says something of a kind.
    func states(_ something: (HeloDataStockNode) -> Bool) -> Bool {
        something(self) || parts.contains { $0.states(something) }
    }

    private init() {}

    /// A whole page.
    static func page(_ json: JSON) -> HeloDataStockNode {
        var node = HeloDataStockNode()
        node.isEnvelope = true
        switch json {
        case .array: node.take(json, of: .any, Frame())
        case .object(let members):
            if let parts = keyed(members, by: .country, Frame()) {
                node.add(parts)
            } else {
                node = HeloDataStockNode(members, as: .any, Frame())
            }
        case .null, .bool, .number, .string: break
        }
        return node
    }

    /// A bare name: an element of a list, or a key of an object of objects.
    private init(name json: JSON, of place: Place) {
        switch place {
        case .country: country = HeloDataStockFields.told(json, HeloDataStockFields.country)
        case .city: city = HeloDataStockFields.told(json, HeloDataStockFields.city)
        case .asn: asn = HeloDataStockFields.told(json, HeloDataStockFields.asn)
        case .any: break
        }
        isUnderstood = namesPlace
        if !isUnderstood { rest = json }
    }

    /// Elements that can be nothing of a list, kept together.
    private init(odd elements: [JSON]) { rest = .array(Array(elements.prefix(Redaction.listLimit))) }

    /// An object; `key` is what it stands under in an object of objects.
    private init(
        _ members: OrderedDictionary<String, JSON>, as place: Place, under key: HeloDataStockNode? = nil, _ outer: Frame
    ) {
        var reader = HeloDataStockFields(members, as: place, outer)
        country = Self.together(key?.country, reader.country())
        city = Self.together(key?.city, reader.city())
        asn = Self.together(key?.asn, reader.asn())
        // An element of a list of places that does not name its own is about a place that we cannot tell.
        switch place {
        case .country where !country.isTold: country = .unreadable
        case .city where !city.isTold: city = .unreadable
        case .asn where !asn.isTold: asn = .unreadable
        case .country, .city, .asn, .any: break
        }
        let frame = reader.frame()
        price = reader.price(frame)
        for (name, value) in reader.unread {
            guard let list = HeloDataStockFields.list(name),
                take(value, of: list, frame, arePrices: HeloDataStockFields.isPricing(name))
            else { continue }
            reader.markRead(name)
            if list == .any { isEnvelope = true }
        }
        if !price.isTold, reader.unread.contains(where: { HeloDataStockFields.isPricing($0.name) }) {
            price = .unreadable
        }
        available = reader.available(isPlaced: statesPlace, isEnvelope: isEnvelope)
        isUnderstood = isUnderstood || namesPlace || available != nil || price.value != nil
        // What is said of a place that cannot be told is kept with it, in the vendor's words.
        rest = isSomewhereUnknown ? reader.everythingButLists : reader.rest
    }

    private var isSomewhereUnknown: Bool { country == .unreadable || city == .unreadable || asn == .unreadable }

    private var namesPlace: Bool { country.value != nil || city.value != nil || asn.value != nil }

    /// What key and object say; what they disagree on was not told readably.
    private static func together<Value>(_ key: Told<Value>?, _ inner: Told<Value>) -> Told<Value> {
        guard let key, key.isTold else { return inner }
        return !inner.isTold || inner == key ? key : .unreadable
    }

    private mutating func add(_ more: [HeloDataStockNode]) {
        parts += more
        isUnderstood = isUnderstood || more.contains(where: \.isUnderstood)
    }

    // MARK: Lists

    /// Takes in a list of objects or names, an object of objects by place, or one object alone.
    /// - Parameter arePrices: whether the list has prices by network; by anything else (a quantity, a term) a price is not
    ///   that of one IP for one month.
    /// - Returns: whether it is any of these.
    @discardableResult private mutating func take(
        _ json: JSON, of place: Place, _ frame: Frame, arePrices: Bool = false
    ) -> Bool {
        switch json {
        case .array(let elements):
            guard !arePrices || elements.allSatisfy(Self.namesNetwork) else { return false }
            isUnderstood = isUnderstood || elements.isEmpty
            add(Self.nodes(elements, of: place, frame))
            return true
        case .object(let members):
            if let parts = Self.keyed(members, by: place == .any ? .country : place, frame, arePrices: arePrices) {
                add(parts)
                return true
            }
            guard !members.isEmpty, !arePrices || Self.namesNetwork(json) else { return false }
            add([HeloDataStockNode(members, as: place, frame)])
            return true
        case .null, .bool, .number, .string: return false
        }
    }

    private static func namesNetwork(_ json: JSON) -> Bool {
        guard let members = json.object else { return false }
        var reader = HeloDataStockFields(members, as: .asn, Frame())
        return reader.asn().value != nil
    }

    private static func nodes(_ elements: [JSON], of place: Place, _ frame: Frame) -> [HeloDataStockNode] {
        var nodes: [HeloDataStockNode] = []
        var odd: [JSON] = []
        for element in elements {
            switch element {
            case .object(let members): nodes.append(HeloDataStockNode(members, as: place, frame))
            case .string where place != .any, .number where place == .asn:
                nodes.append(HeloDataStockNode(name: element, of: place))
            case .null: break
            case .bool, .number, .string, .array: odd.append(element)
            }
        }
        if !odd.isEmpty { nodes.append(HeloDataStockNode(odd: odd)) }
        return nodes
    }

    /// The parts of an object whose keys are places; nil when it is another kind of object. Beside them it may say what its
    /// prices are, and around countries a few words about itself.
    private static func keyed(
        _ members: OrderedDictionary<String, JSON>, by place: Place, _ outer: Frame, arePrices: Bool = false
    ) -> [HeloDataStockNode]? {
        var reader = HeloDataStockFields(members, as: .any, outer)
        let frame = reader.frame()
        var nodes: [HeloDataStockNode] = []
        for (key, value) in members where !HeloDataStockFields.isAboutPrices(key) {
            let isScalar = value.array == nil && value.object == nil
            if place == .country, isScalar || HeloDataStockFields.isAboutAnswer(key) { continue }
            let isField = place == .city && HeloDataStockFields.isField(key)
            guard !isField, let node = part(key, value, of: place, frame, arePrices: arePrices) else { return nil }
            nodes.append(node)
        }
        return nodes.isEmpty ? nil : nodes
    }

    private static func part(
        _ key: String, _ value: JSON, of place: Place, _ frame: Frame, arePrices: Bool
    ) -> HeloDataStockNode? {
        var node = HeloDataStockNode(name: .string(key), of: place)
        guard node.isUnderstood else { return nil }
        switch value {
        case .object(let members): return HeloDataStockNode(members, as: place, under: node, frame)
        case .array where place == .country: node.take(value, of: .any, frame)
        case .number where arePrices, .string where arePrices:
            node.price = HeloDataStockFields.money(value, frame).map { .value($0) } ?? .unreadable
            if node.price.value == nil { node.rest = value }
        case .null, .bool, .number, .string, .array: return nil
        }
        return node
    }
}

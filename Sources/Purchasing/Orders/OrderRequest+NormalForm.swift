public import ExactJSON

extension OrderRequest {
    /// Reads a request back from its normal form, member for member as `write(into:)` has them.
    ///
    /// A request that was accepted was found good before it was written; this trusts what was written, since finding it good
    /// again is a third of what reading an order takes. Any other form of it is not read.
    /// - Returns: nil when the text is not a normal form; `init(json:)` says what it is then.
    public init?(normalForm text: String, as strictness: JSONStrictness) {
        var input = JSONInput(text, as: strictness)
        var request: OrderRequest?
        input.object { request = OrderRequest(members: &$0) }
        guard let request, input.isWhole else { return nil }
        self = request
    }

    private init?(members input: inout JSONInput) {
        guard let product = input.text("product").flatMap(Product.init) else { return nil }
        self.init(product: product)
        var isRead = true
        /// A value that must be one, where there is a text or number of it.
        func known<Written, Value>(_ written: Written?, _ value: (Written) -> Value?) -> Value? {
            guard let written else { return nil }
            let value = value(written)
            if value == nil { isRead = false }
            return value
        }
        gb = known(input.number("gb")) { Millionths($0) }
        quantity = input.int("quantity")
        let months = input.int("months").map(RentalTime.months)
        rental = input.int("days").map(RentalTime.days) ?? months
        country = known(input.text("country")) { Country($0) }
        city = input.text("city")
        asn = input.int("asn")
        subuser = input.text("subuser")
        goal = input.text("goal")
        if input.next("auth") {
            input.object { input in
                if input.text("type") == "ip", let address = input.text("ip") {
                    auth = .ip(address)
                } else {
                    isRead = false
                }
            }
        }
        proxyProtocol = known(input.text("protocol")) { ProxyProtocol(rawValue: $0) }
        mobileOperator = input.text("mobile_operator")
        rotationSeconds = input.int("rotation_seconds")
        promoCode = input.text("promo_code")
        if let name = input.text("vendor"), name != "auto" { vendor = .named(name) }
        maxTotal = known(input.text("max_total")) { Money.usd($0) }
        allowUnknownPrice = input.bool("allow_unknown_price") ?? false
        if input.next("metadata"), !readLabels(&input) { isRead = false }
        guard isRead else { return nil }
    }

    /// - Returns: whether each name stands there once.
    private mutating func readLabels(_ input: inout JSONInput) -> Bool {
        var labels: [Label] = []
        var isSorted = true
        input.object { name, input in
            guard let value = input.string() else { return }
            if let last = labels.last, last.name >= name { isSorted = false }
            labels.append(Label(name: name, value: value))
        }
        metadata = isSorted ? labels : labels.sorted { $0.name < $1.name }
        return isSorted || zip(metadata, metadata.dropFirst()).allSatisfy { $0.name != $1.name }
    }
}

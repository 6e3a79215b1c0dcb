/// The batches of IPs that vendors show, each with the order that bought it. They are read from their vendor at every call;
/// nothing here changes one.
extension Purchaser {
    /// The problem of a batch that is not there, or not the caller's.
    public static let noBatch = Problem(.notFound, "there is no such batch", moneyState: .unchanged)

    /// How many orders are looked through for an IP of which nobody says which batch it is of.
    public static let batchesSearched = 20

    /// The names of the configured vendors that sell batches.
    public var batchVendorNames: [String] { batchVendors.map(\.name) }

    private var batchVendors: [Vendor] { floor.vendors.filter(\.adapter.traits.goodsAreBatches) }

    // MARK: Reading

    /// A page of the batches that a caller may see: a buyer those of its own orders, others every batch of the accounts.
    /// - Throws: `Problem`; `vendor_unavailable` or `vendor_auth_failed` when a vendor's list cannot be read, since a list
    ///   without its batches would look whole.
    public func batches(_ query: BatchQuery, for caller: Caller) async throws(Problem) -> BatchPage {
        var shown: [(place: BatchPlace, goods: Goods)] = []
        for vendor in batchVendors where query.vendor.map({ $0 == vendor.name }) ?? true {
            let list: [Goods]
            do throws(VendorError) { list = try await vendor.adapter.goods() } catch {
                throw Problem(reading: vendor.name, error)
            }
            shown += list.map { (BatchPlace(vendor: vendor.name, id: $0.id), $0) }
        }
        var rest = shown.filter { query.after?.precedes($0.place) ?? true }.sorted { $0.place.precedes($1.place) }[...]
        var page: [(vendor: String, goods: Goods, order: Order?)] = []
        while !rest.isEmpty, page.count <= query.limit {
            let piece = rest.prefix(200)
            rest = rest.dropFirst(200)
            let owners = try await owners(of: piece.map(\.place))
            for (place, goods) in piece {
                let order = owners[place]
                // A vendor may go on showing what was given back.
                if order?.flags.contains(Order.releasedFlag) == true { continue }
                let isVisible = order.map(caller.maySee) ?? (caller.role != .buyer)
                if isVisible { page.append((place.vendor, goods, order)) }
            }
        }
        var batches: [Batch] = []
        for (vendor, goods, order) in page.prefix(query.limit) {
            batches.append(try await batch(goods, at: vendor, of: order))
        }
        return BatchPage(batches: batches, hasMore: page.count > query.limit)
    }

    /// One batch, read from its vendor now.
    /// - Throws: `Problem` `not_found`, for a buyer also for a batch that is none of its own orders'; with the order where
    ///   there is one, and the batch was released or its vendor does not show it any more.
    public func batch(_ id: String, for caller: Caller) async throws(Problem) -> Batch {
        if let (vendor, order) = try await owned(id, by: caller) {
            if order.flags.contains(Order.releasedFlag) { throw Self.gone(order) }
            guard let goods = try await goods(id, at: vendor) else { throw Self.gone(order) }
            return try await batch(goods, at: vendor.name, of: order)
        }
        let (vendor, goods) = try await stray(id, for: caller)
        return try await batch(goods, at: vendor.name, of: nil)
    }

    /// Who may use a batch without a password.
    /// - Throws: `Problem` `not_found`, as of `batch(_:for:)`.
    public func whitelist(ofBatch id: String, for caller: Caller) async throws(Problem) -> [WhitelistEntry] {
        let found = try await owned(id, by: caller)
        if let order = found?.order, order.flags.contains(Order.releasedFlag) { throw Self.gone(order) }
        let vendor: Vendor
        if let found { vendor = found.vendor } else { vendor = try await stray(id, for: caller).vendor }
        let entries: [WhitelistEntry]?
        do throws(VendorError) { entries = try await vendor.adapter.whitelist(ofBatch: id) } catch {
            throw Problem(reading: vendor.name, error, found?.order)
        }
        guard let entries else { throw found.map { Self.gone($0.order) } ?? Self.noBatch }
        return entries
    }

    /// The proxies of a batch, as `proxies(of:for:partial:)` tells those of its order.
    /// - Throws: `Problem` `no_proxies` for a batch that no order bought: credentials are handed out to buyers only.
    public func proxies(ofBatch id: String, for caller: Caller, partial: Bool) async throws(Problem) -> OrderProxies {
        if let (_, order) = try await owned(id, by: caller) {
            return try await proxies(of: order.id, for: caller, partial: partial)
        }
        _ = try await stray(id, for: caller)
        throw Problem(.noProxies, "no order bought the batch; its vendor hands its IPs out", moneyState: .unchanged)
    }

    // MARK: What an action is about

    /// The order that bought a batch.
    /// - Throws: `Problem` `not_found`; `action_not_allowed` for a batch that no order bought, which can only be read.
    public func order(ofBatch id: String, for caller: Caller) async throws(Problem) -> Order {
        if let (_, order) = try await owned(id, by: caller) { return order }
        _ = try await stray(id, for: caller)
        throw Problem(
            .actionNotAllowed, "no order bought the batch, so it can only be read here; change it at its vendor",
            moneyState: .unchanged)
    }

    /// The order whose batch has an IP: that of an earlier action with the same key, else the first one of the caller's
    /// newest that shows it.
    /// - Throws: `Problem` `not_found`; `vendor_unavailable` or `vendor_auth_failed` when it was not found and not every
    ///   batch could be read.
    public func order(ofIP ip: String, for caller: Caller, idempotencyKey: String) async throws(Problem) -> Order {
        if let earlier = try await orderOfAction(idempotencyKey, of: caller) { return earlier }
        var unread: Problem?
        for order in try await newestBatches(of: caller) {
            guard let vendor = floor.vendor(order.vendor) else { continue }
            let call = ActionCall(
                task: .replace(ip: ip), sale: Sale(order), context: CallContext(orderID: order.id))
            do throws(VendorError) {
                if try await vendor.adapter.condition(for: call).holdsIP == true { return order }
            } catch {
                unread = unread ?? Problem(reading: vendor.name, error)
            }
        }
        throw unread
            ?? Problem(
                .notFound,
                "there is no such IP in the newest \(Self.batchesSearched) batches; say which batch_id it is of",
                moneyState: .unchanged)
    }

    private func orderOfAction(_ key: String, of caller: Caller) async throws(Problem) -> Order? {
        do throws(StoreError) {
            guard let action = try await floor.store.action(client: caller.client, idempotencyKey: key) else {
                return nil
            }
            return try await floor.store.order(action.orderID)
        } catch { throw Self.unreadable }
    }

    private func newestBatches(of caller: Caller) async throws(Problem) -> [Order] {
        var query = OrderQuery()
        query.statuses = [.completed]
        query.products = [.isp]
        query.vendors = batchVendorNames
        query.clients = caller.role == .buyer ? [caller.client] : []
        query.limit = Self.batchesSearched
        if query.vendors.isEmpty { return [] }
        do throws(StoreError) {
            return try await floor.store.orders(query).orders.filter { order in
                order.batchID != nil && !order.flags.contains(Order.releasedFlag)
            }
        } catch { throw Self.unreadable }
    }

    // MARK: Parts

    /// The order that bought a batch, and its vendor; nil when there is none that the caller may see.
    private func owned(_ id: String, by caller: Caller) async throws(Problem) -> (vendor: Vendor, order: Order)? {
        for vendor in batchVendors {
            let place = BatchPlace(vendor: vendor.name, id: id)
            if let order = try await owners(of: [place])[place], caller.maySee(order) { return (vendor, order) }
        }
        return nil
    }

    /// A batch of an account that no order bought.
    private func stray(_ id: String, for caller: Caller) async throws(Problem) -> (vendor: Vendor, goods: Goods) {
        if caller.role != .buyer {
            for vendor in batchVendors {
                if let goods = try await goods(id, at: vendor) { return (vendor, goods) }
            }
        }
        throw Self.noBatch
    }

    private func owners(of places: [BatchPlace]) async throws(Problem) -> [BatchPlace: Order] {
        var owners: [BatchPlace: Order] = [:]
        for vendor in Set(places.map(\.vendor)) {
            let ids = places.filter { $0.vendor == vendor }.map(\.id)
            do throws(StoreError) {
                for order in try await floor.store.orders(batches: ids, vendor: vendor) {
                    if let id = order.batchID { owners[BatchPlace(vendor: vendor, id: id)] = order }
                }
            } catch { throw Self.unreadable }
        }
        return owners
    }

    private func goods(_ id: String, at vendor: Vendor) async throws(Problem) -> Goods? {
        do throws(VendorError) { return try await vendor.adapter.goods(id) } catch {
            throw Problem(reading: vendor.name, error)
        }
    }

    private func batch(_ goods: Goods, at vendor: String, of order: Order?) async throws(Problem) -> Batch {
        var replacements: ReplacementAllowance?
        if let order { replacements = try await replacementAllowance(of: order) }
        return Batch(vendor: vendor, goods: goods, order: order, replacements: replacements)
    }

    private static func gone(_ order: Order) -> Problem {
        let isReleased = order.flags.contains(Order.releasedFlag)
        return Problem(
            .notFound, isReleased ? "the batch was released" : "the batch's vendor does not show it any more",
            moneyState: order.moneyState, orderID: order.id)
    }
}

extension Problem {
    /// A reading of batches that failed; nothing was changed.
    fileprivate init(reading vendor: String, _ error: VendorError, _ order: Order? = nil) {
        var (code, detail, retryAfter) = (ProblemCode.vendorUnavailable, "", Int?.none)
        var statement: VendorStatement?
        switch error {
        case .unavailable(let reason): detail = "\(vendor) could not be read: \(reason)"
        case .rateLimited(let wait):
            detail = "\(vendor) wants to be asked later"
            retryAfter = Int(wait.seconds.rounded(.up))
        case .authFailed: (code, detail) = (.vendorAuthFailed, "\(vendor) refused Purser's credentials")
        case .unreadable(let what): detail = "\(vendor) answered something that cannot be read as batches: \(what)"
        case .refused(let vendorCode, let message):
            (code, detail) = (.vendorRejected, "\(vendor) refused to show it")
            statement = VendorStatement(name: vendor, code: vendorCode, message: message)
        }
        self.init(
            code, detail, moneyState: .unchanged, orderID: order?.id, vendor: statement, retryAfter: retryAfter)
    }
}

import ExactJSON
import Foundation
public import Purchasing
import VendorHTTP

/// Following what was sold. A batch is ready when its IP list has the ordered number and its own status, where it has one
/// that we know, does not say otherwise; a batch that is not shown yet is not gone.
extension HeloDataAdapter {
    /// From this number of sales on, one list is cheaper than asking for each batch.
    private static let listedFrom = 6
    /// How many sales are asked for at once.
    private static let followsAtOnce = 5

    public func follow(_ sales: [Sale]) async -> [OrderID: GoodsState] {
        var batches: [HeloDataBatch] = []
        if sales.count >= Self.listedFrom || sales.contains(where: { $0.batchID == nil }) {
            do { batches = try await self.batches() } catch {
                switch error {
                case .unavailable, .rateLimited, .authFailed: return [:]
                case .unreadable, .refused: break  // The list's shape is not documented; each batch may still be read.
                }
            }
        }
        return await states(of: sales, listed: batches)
    }

    private func states(of sales: [Sale], listed batches: [HeloDataBatch]) async -> [OrderID: GoodsState] {
        await withTaskGroup(of: Reading.self) { group in
            var states: [OrderID: GoodsState] = [:]
            for (index, sale) in sales.enumerated() {
                if index >= Self.followsAtOnce, let reading = await group.next() {
                    states[reading.orderID] = reading.state
                }
                group.addTask { await self.read(sale, listed: batches) }
            }
            for await reading in group { states[reading.orderID] = reading.state }
            return states
        }
    }

    private struct Reading: Sendable {
        let orderID: OrderID
        let state: GoodsState?
    }

    /// Reads one sale; one that could not be read has no state, as the port says.
    ///
    /// A function of its own, and no `do` in the task's closure: the optimizer of Swift 6.3.1 miscompiles a closure that
    /// builds a tuple around a call with typed throws, and the release build read freed memory.
    private func read(_ sale: Sale, listed batches: [HeloDataBatch]) async -> Reading {
        var state: GoodsState?
        do { state = try await self.state(of: sale, listed: batches) } catch { state = nil }
        return Reading(orderID: sale.orderID, state: state)
    }

    public func goods() async throws(VendorError) -> [Goods] {
        clock.judged(try await batches().map(mapping.goods), now: time.now())
    }

    /// How far one sale is; nil when nothing can be asked for it.
    private func state(of sale: Sale, listed: [HeloDataBatch]) async throws(VendorError) -> GoodsState? {
        let known = listed.first { batch in
            sale.batchID.map { $0 == batch.id } ?? (batch.orderID != nil && batch.orderID == sale.vendorOrderID)
        }
        guard let id = (sale.batchID ?? known?.id).flatMap(VendorPathComponent.init(token:)) else { return nil }
        var batch = known
        if listed.isEmpty, let answer = try await readIfThere(endpoints.batch(id)) {
            batch = HeloDataBatch.inside(answer)
            if batch == nil, answer.json?.object == nil { throw .unreadable("batch") }
        }
        if batch?.isReady == false { return mapping.state(of: sale.request, batch: batch, ips: nil) }
        return mapping.state(of: sale.request, batch: batch, ips: try await ips(of: id))
    }

    /// Every IP of a batch; nil when the vendor does not show the batch yet.
    func ips(of id: VendorPathComponent) async throws(VendorError) -> [HeloDataIP]? {
        try await elements(of: endpoints.ips(of: id), "ips") { HeloDataIP($0) }
    }

    /// Every batch of the account.
    func batches() async throws(VendorError) -> [HeloDataBatch] {
        guard let listed = try await elements(of: endpoints.batches(), "batches", HeloDataBatch.init) else {
            throw .refused(code: "status_404", message: nil)
        }
        var batches: [String: HeloDataBatch] = [:]
        var order: [HeloDataBatch] = []
        for batch in listed {
            if let earlier = batches[batch.id] {
                // The list moved between two pages; the same batch twice is harmless, a changed one is not the whole.
                guard earlier == batch else { throw .unreadable("batches_changed") }
                continue
            }
            batches[batch.id] = batch
            order.append(batch)
        }
        return order
    }

    /// Every element of a list, page after page; nil when there is no such list.
    /// - Parameters:
    ///   - name: what the list is called when it cannot be read.
    ///   - read: what is kept of an element; nil when it cannot be read, and then the list cannot.
    func elements<Element>(
        of request: VendorRequest, _ name: String, _ read: (JSON) -> Element?
    ) async throws(VendorError) -> [Element]? {
        let pages = try await pages(of: request, unreadable: name) { json -> [Element]? in
            guard let listed = HeloDataPage(json)?.elements else { return nil }
            let elements = listed.compactMap(read)
            return elements.count == listed.count ? elements : nil
        }
        return pages?.flatMap(\.self)
    }
}

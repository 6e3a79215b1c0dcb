public import Purchasing
import VendorHTTP

/// Handing out what was sold: the IPs of a batch, read as they arrive. The one call that reads credentials.
extension HeloDataAdapter {
    public func proxies(of sale: Sale) async throws(VendorError) -> ProxyList? {
        guard let id = try await batchID(of: sale).flatMap(VendorPathComponent.init(token:)),
            let body = try await downloadIfThere(endpoints.download(of: id))
        else { return nil }
        let reader = HeloDataProxyReader(body)
        return ProxyList { () async throws(VendorError) in try await reader.next() }
    }

    /// The batch of a sale; where only its order is known, the batch that says it belongs to that order.
    private func batchID(of sale: Sale) async throws(VendorError) -> String? {
        if let id = sale.batchID { return id }
        guard let orderID = sale.vendorOrderID else { return nil }
        return try await batches().first { $0.orderID == orderID }?.id
    }
}

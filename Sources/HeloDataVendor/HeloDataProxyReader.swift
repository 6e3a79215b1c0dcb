import NIOCore
import Purchasing
import VendorHTTP

/// Reads the proxies of a batch out of its download, as it arrives.
actor HeloDataProxyReader {
    private let body: VendorBody
    private var csv = CSVReader()
    private var columns: HeloDataProxyColumns?
    private var isOver = false
    /// Why the list broke; from then on it is broken, and never at its end.
    private var failure: VendorError?

    init(_ body: VendorBody) { self.body = body }

    /// The proxies of the next rows; nil at the end of the list.
    func next() async throws(VendorError) -> [BoughtProxy]? {
        if let failure { throw failure }
        do throws(VendorError) {
            while !isOver {
                let proxies = try proxies(in: try await rows())
                if !proxies.isEmpty { return proxies }
            }
            // A list of nothing has its column names all the same.
            guard columns != nil else { throw .unreadable("ips_columns") }
            return nil
        } catch {
            failure = error
            throw error
        }
    }

    private func rows() async throws(VendorError) -> [[String]] {
        let bytes: ByteBuffer?
        do throws(TransportFailure) { bytes = try await body.next() } catch { throw error.readFailure }
        do throws(CSVReader.Malformed) {
            guard let bytes else {
                isOver = true
                return try csv.lastRow().map { [$0] } ?? []
            }
            return try csv.rows(in: bytes.readableBytesView)
        } catch { throw .unreadable("ips_csv") }
    }

    private func proxies(in rows: [[String]]) throws(VendorError) -> [BoughtProxy] {
        var rows = rows[...]
        if columns == nil, let names = rows.popFirst() {
            columns = HeloDataProxyColumns(names)
            guard columns != nil else { throw .unreadable("ips_columns") }
        }
        var proxies: [BoughtProxy] = []
        for row in rows {
            guard let proxy = columns?.proxy(row) else { throw .unreadable("ips_row") }
            proxies.append(proxy)
        }
        return proxies
    }
}

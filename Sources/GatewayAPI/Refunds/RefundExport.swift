import ExactJSON
import Hummingbird
import NIOCore
import Purchasing

/// All refunds that match, on their way to a caller, page by page. One that breaks off is left without its last chunk, so
/// that nobody can take it for a whole one.
struct RefundExport: Sendable {
    private let query: RefundQuery
    private let format: OrderExport.Format
    private let store: any OrderStore
    private let first: RefundPage

    /// Reads the first page, so that a store that cannot be read is told by a status.
    init(_ query: RefundQuery, as format: OrderExport.Format, from store: any OrderStore) async throws(StoreError) {
        var query = query
        query.limit = 200
        self.query = query
        self.format = format
        self.store = store
        first = try await store.refunds(query)
    }

    /// Writes the whole answer, or throws when it cannot be brought to its end.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        var query = query
        var page = first
        var text = format == .csv ? CSV.row(ListedRefund.columns) : ""
        while true {
            for refund in page.refunds {
                switch format {
                case .csv: text += CSV.row(refund.cells)
                case .ndjson: text += refund.json.text + "\n"
                }
            }
            if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            guard page.hasMore, let last = page.refunds.last else { break }
            text = ""
            query.before = last.refund.id
            page = try await store.refunds(query)
        }
        try await writer.finish(nil)
    }
}

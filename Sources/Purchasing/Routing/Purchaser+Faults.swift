/// What is known to be wrong with a request before any vendor is asked.
extension Purchaser {
    /// Every fault of a request at the vendor that it names: one that is not configured or switched off, and what that vendor
    /// cannot honour. None for a request that leaves the vendor open.
    public func faults(of draft: OrderRequest) -> [Fault] {
        guard draft.vendor != .auto else { return [] }
        do throws(Problem) {
            _ = try floor.desk.router(for: draft).route(draft)
            return []
        } catch {
            return error.code == .invalidRequest ? error.faults : []
        }
    }
}

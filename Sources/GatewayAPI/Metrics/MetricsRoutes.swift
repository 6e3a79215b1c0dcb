import HTTPTypes
import Hummingbird
import Measuring
import NIOCore
import Purchasing

extension HTTPContract {
    /// `GET /metrics`: figures for Prometheus. Calls no vendor, and asks the store a few sums every few seconds at most.
    func showMetrics(_ call: Call) async throws(Problem) -> Response {
        let everything = await standings.standing()
        let standing = everything.buying
        let families =
            processFamilies + storeFamilies(standing) + meter.families + StandingMetrics(standing).families
            + WebhookMetrics(everything.webhooks, webhooks.figures, at: standing.at).families
        let headers: HTTPFields = [.contentType: Exposition.contentType, .cacheControl: "no-store"]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: Exposition.text(families))))
    }

    private var processFamilies: [Family] {
        var families = [
            Family(
                "purser_build_info", .gauge, "Always 1; the label says which Purser this is.",
                [Sample([("version", settings.version)], .count(1))]),
            Family(
                "process_start_time_seconds", .gauge, "When the process began to serve, in seconds since 1970.",
                .seconds(milliseconds: startedAt.milliseconds)),
        ]
        if let bytes = ProcessFigures.residentBytes {
            families.append(
                Family("process_resident_memory_bytes", .gauge, "Memory that the process holds.", .count(bytes)))
        }
        return families
    }

    private func storeFamilies(_ standing: Standing) -> [Family] {
        let isReadable = Family(
            "purser_store_readable", .gauge, "Whether the store could be read for these figures.",
            .flag(standing.sums != nil))
        guard let figures = watched?.figures else { return [isReadable] }
        return [
            isReadable,
            Family(
                "purser_store_healthy", .gauge, "Whether the last write to the database succeeded.",
                .flag(figures.isHealthy)),
            Family(
                "purser_store_commits_total", .counter, "Transactions that were committed; many writes share one.",
                .count(figures.commits)),
            Family(
                "purser_store_waiting_writes", .gauge, "Writes that wait for a transaction.",
                .count(figures.waitingWrites)),
            Family(
                "purser_store_wal_bytes", .gauge, "Length of the write-ahead log.", .count(figures.logBytes)),
            Family(
                "purser_store_database_bytes", .gauge, "Length of the database file.", .count(figures.databaseBytes)),
        ]
    }
}

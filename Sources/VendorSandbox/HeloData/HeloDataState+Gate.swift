import HTTPTypes

extension HeloDataState {
    /// `Authorization: Bearer <token>` on every call (`/api-reference/orders`), and the plan's calls per minute
    /// (`/api-reference/rate-limits`). That a refused token counts as a call is assumed.
    func admit(_ received: ReceivedCall) throws(HeloDataRefusal) {
        guard rate.used <= settings.ratePerMinute else { throw .rateLimited }
        guard received.headers[.authorization] == "Bearer \(settings.token)" else { throw .unauthorized }
    }

    /// `X-RateLimit-*` on responses and `Retry-After` with 429 (`/api-reference/rate-limits`).
    func rateFields(refused: Bool, at now: SandboxTime) -> HTTPFields {
        var fields = HTTPFields()
        fields[.rateLimit] = String(settings.ratePerMinute)
        fields[.rateRemaining] = String(max(0, settings.ratePerMinute - rate.used))
        fields[.rateReset] = String(rate.resetsAt)
        if refused { fields[.retryAfter] = String(max(1, rate.resetsAt - now.epochSeconds)) }
        return fields
    }

    /// A refusal with the status and the code that the settings have for it.
    func worded(_ refusal: HeloDataRefusal) -> HeloDataRefusal {
        guard let other = settings.refusals[refusal.code] else { return refusal }
        return HeloDataRefusal(status: other.status, code: other.code, message: refusal.message)
    }

    /// A batch that can be read by now.
    func listedBatch(_ id: String, at now: SandboxTime) throws(HeloDataRefusal) -> HeloDataBatch {
        guard let batch = batch(id), isListed(batch, at: now) else { throw .notFound }
        return batch
    }

    /// Takes over new settings; another balance becomes a move in the ledger.
    mutating func apply(_ new: HeloDataSandboxSettings, at now: SandboxTime) {
        ledger.adjust(to: new.balance, at: now)
        settings = new
    }

    /// `req_…`, as in the sample of `/api-reference/rate-limits`.
    mutating func requestID() -> String {
        ids.ulid("req_", ids.next())
    }
}

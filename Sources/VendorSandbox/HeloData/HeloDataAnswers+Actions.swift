/// The answers to changes. Only one member of them is documented: the new `expires_at` of a renewal
/// (`/dashboard/extending-an-order`). All else is made up, and left out when the settings say so.
extension HeloDataState {
    func refreshed(_ batch: HeloDataBatch) -> SandboxAnswer {
        told(["id": .string(batch.id), "status": "refreshing", "quantity": .integer(batch.ips.count)])
    }

    func renewed(
        _ batch: HeloDataBatch, months: Int, price: SandboxDecimal, at now: SandboxTime
    ) -> SandboxAnswer {
        let end = SandboxJSON.string(batch.expiresAt.secondsText)
        let full: SandboxJSON = [
            "id": .string(batch.id), "status": .string(stage(of: batch, at: now).rawValue),
            "months": .integer(months), "total_usd": .money(price), "expires_at": end,
        ]
        return told(full, documented: ["expires_at": end])
    }

    func rotated(_ batch: HeloDataBatch) -> SandboxAnswer {
        told(["id": .string(batch.id), "user": .string(batch.user), "password": .string(batch.password)])
    }

    func released(_ batch: HeloDataBatch, at now: SandboxTime) -> SandboxAnswer {
        told(["id": .string(batch.id), "status": "released", "released_at": .string(now.secondsText)])
    }

    func replaced(
        _ id: String, by successor: String, of batch: HeloDataBatch, price: SandboxDecimal, at now: SandboxTime
    ) -> SandboxAnswer {
        told([
            "id": .string(id), "status": "released", "batch_id": .string(batch.id),
            "replacement_id": .string(successor), "total_usd": .money(price),
            "free_replacements_left": .integer(freeReplacements(of: batch, at: now)),
        ])
    }

    /// As much of an answer as the settings let out.
    func told(_ full: SandboxJSON, documented: SandboxJSON = .object([]), status: Int = 200) -> SandboxAnswer {
        switch settings.actionAnswers {
        case .full: .json(full, status: status)
        case .documented: .json(documented, status: status)
        case .empty: .noContent
        }
    }
}

extension SandboxAnswer {
    /// Status 204.
    static let noContent = SandboxAnswer.text("", type: "", status: 204)
}

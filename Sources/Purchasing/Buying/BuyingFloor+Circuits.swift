import Logging

/// What vendors' answers say about whether they should rest.
extension BuyingFloor {
    /// Notes a refusal. One of our own credentials rests the vendor at once: everything else would be refused too, and who
    /// goes on asking with a revoked key may lose the account.
    func note(_ refusal: Refusal, of vendor: Vendor) {
        guard refusal.reason == .authFailed else { return vendor.circuit.noteAnswer() }
        guard vendor.circuit.open(at: timepiece.now()) else { return }
        logger.error(
            "vendor refuses our credentials, and rests until it takes them", metadata: ["vendor": "\(vendor.name)"])
        jobs.add { [self] in await probe(vendor) }
    }

    /// Notes a failed call, and has the vendor tried after its rest when that opened its circuit.
    func noteFailure(of vendor: Vendor) {
        guard vendor.circuit.noteFailure(at: timepiece.now()) else { return }
        logger.warning("vendor circuit opened", metadata: ["vendor": "\(vendor.name)"])
        jobs.add { [self] in await probe(vendor) }
    }

    /// Tries a resting vendor by a call that spends nothing, until it answers.
    private func probe(_ vendor: Vendor) async {
        while await timepiece.pause(vendor.policy.breakerRest) {
            do {
                _ = try await vendor.adapter.account()
                vendor.circuit.noteAnswer()
                logger.notice("vendor circuit closed", metadata: ["vendor": "\(vendor.name)"])
                return
            } catch {
                vendor.circuit.restOn(from: timepiece.now())
            }
        }
    }
}

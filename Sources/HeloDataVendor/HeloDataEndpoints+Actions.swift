import ExactJSON
import Purchasing
import VendorHTTP

/// The calls that change a batch, and the one that reads its whitelist (/api-reference/orders, /api-reference/whitelists).
///
/// None of them carries an `Idempotency-Key`: no page says that any call but `POST /orders` knows it.
extension HeloDataEndpoints {
    /// The call of a task; nil when its batch, IP or entry has no id that can stand in a path, or when the vendor has no
    /// such call.
    func action(_ call: ActionCall) -> VendorRequest? {
        guard
            var request = call.sale.batchID.flatMap(VendorPathComponent.init(token:)).flatMap({
                action(call.task, on: $0)
            })
        else { return nil }
        request.traceparent = call.context.traceparent
        return request
    }

    private func action(_ task: ActionTask, on batch: VendorPathComponent) -> VendorRequest? {
        let path: [VendorPathComponent] = ["isp", "batches", batch]
        switch task {
        case .renew(let rental, _, _):
            guard let months = rental.wholeMonths else { return nil }
            return post(path + ["renew"], .object([("months", .int(months))]))
        case .refresh: return post(path + ["refresh"])
        case .rotatePassword: return post(path + ["rotate-password"])
        case .release: return request(.purchase, .delete, path)
        case .replace(let ip, let reason):
            guard let ip = VendorPathComponent(token: ip) else { return nil }
            return post(["isp", "ips", ip, "replace"], .object([("reason", reason.map(JSON.string))]))
        case .allow(let address, let label):
            return post(
                path + ["whitelist"], .object([("ip", .string(address)), ("label", label.map(JSON.string))]))
        case .disallow(let entry):
            guard let entry = VendorPathComponent(token: entry) else { return nil }
            return request(.purchase, .delete, path + ["whitelist", entry])
        case .autoRenew: return nil
        }
    }

    /// `GET /isp/batches/{id}/whitelist`.
    func whitelist(of id: VendorPathComponent) -> VendorRequest { list(["isp", "batches", id, "whitelist"]) }

    /// Where no body is shown an empty object is sent: a JSON document as announced, and one that can be withheld, which
    /// proves that nothing left.
    private func post(_ path: [VendorPathComponent], _ body: JSON = .object([])) -> VendorRequest {
        request(.purchase, .post(body.bytes), path)
    }
}

import Hummingbird
import HummingbirdCore

/// The way behind the counter over HTTP: no part of any vendor's API, without authentication, on loopback like the rest.
///
/// | Path | Does |
/// | --- | --- |
/// | `GET /sandbox/books[?after=12]` | the vendor's books |
/// | `GET`, `PATCH /sandbox/settings` | shows and changes balance, prices, stock, delays … |
/// | `GET`, `POST`, `DELETE /sandbox/faults` | shows, queues (one or a list) and clears faults |
/// | `POST /sandbox/sales` | sells to somebody else on the account: the body of an order, and `"charge": false` for free |
/// | `POST /sandbox/top-up` | `{"amount":"50.00"}` moves the balance |
struct SandboxControl: Sendable {
    let vendor: SandboxVendor

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("sandbox/books") { request, _ in
            let after = request.uri.queryParameters.get("after", as: Int.self) ?? 0
            return SandboxAnswer.json(vendor.books.json(after: after)).response
        }
        router.get("sandbox/settings") { _, _ in SandboxAnswer.json(try vendor.settings()).response }
        router.patch("sandbox/settings") { request, _ in try await answer(request, changeSettings) }
        router.get("sandbox/faults") { _, _ in faults.response }
        router.post("sandbox/faults") { request, _ in try await answer(request, queueFaults) }
        router.delete("sandbox/faults") { _, _ in
            vendor.clearFaults()
            return faults.response
        }
        router.post("sandbox/sales") { request, _ in try await answer(request, sell) }
        router.post("sandbox/top-up") { request, _ in try await answer(request, topUp) }
    }

    private func changeSettings(_ changes: SandboxJSON) throws -> SandboxAnswer {
        try vendor.change(settings: changes)
        return .json(try vendor.settings())
    }

    private func queueFaults(_ json: SandboxJSON) throws -> SandboxAnswer {
        try vendor.faultQueue.add((json.elements ?? [json]).map { try SandboxFault(json: $0) })
        return faults
    }

    private func sell(_ json: SandboxJSON) throws -> SandboxAnswer {
        let charged = json["charge"]?.bool ?? true
        return vendor.front.sellByHand(json.removing(path: "charge"), charged: charged)
    }

    private func topUp(_ json: SandboxJSON) throws -> SandboxAnswer {
        guard let amount = (json["amount"]?.string ?? json["amount"]?.digits).flatMap({ SandboxDecimal($0) }) else {
            throw SandboxInputError("amount: a decimal number, such as \"50.00\"")
        }
        vendor.topUp(amount)
        return .json(["balance": .string(vendor.books.balance.description)])
    }

    private var faults: SandboxAnswer {
        .json(["faults": .array(vendor.faults.map(\.json))])
    }

    private func answer(
        _ request: Request, _ act: (SandboxJSON) throws -> SandboxAnswer
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: 16 * CallDesk.largestBody)
        do {
            return try act(SandboxJSON(parsing: Array(buffer: body))).response
        } catch let error as SandboxInputError {
            return SandboxAnswer.json(["error": .string(error.description)], status: 400).response
        }
    }
}

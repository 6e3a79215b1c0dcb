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
/// | `POST /sandbox/refunds` | `{"order":"ord_…","amount":"12.00"}` gives money back; with `"state":"refunded"` its batch says so |
/// | `GET`, `POST /sandbox/clock` | shows the vendor's time; `{"days":30}`, `{"seconds":60}` moves it ahead |
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
        addClock(to: router)
        router.post("sandbox/top-up") { request, _ in try await answer(request, topUp) }
        router.post("sandbox/refunds") { request, _ in try await answer(request, refund) }
    }

    private func addClock(to router: Router<SandboxContext>) {
        router.get("sandbox/clock") { _, _ in try clock(.object([])).response }
        router.post("sandbox/clock") { request, _ in try await answer(request, clock) }
    }

    private func clock(_ json: SandboxJSON) throws -> SandboxAnswer {
        guard let members = json.members else { throw SandboxInputError("an object such as {\"days\":30}") }
        var seconds = 0
        for member in members {
            let unit = ["days": 86_400, "seconds": 1][member.name] ?? 0
            guard unit > 0, let count = member.value.integer, Bounds.offset.contains(count) else {
                throw SandboxInputError("\(member.name): days or seconds, an integer")
            }
            seconds += unit * count
        }
        return .json(try vendor.front.moveClock(seconds: seconds).json)
    }

    private func changeSettings(_ changes: SandboxJSON) throws -> SandboxAnswer {
        try vendor.change(settings: changes)
        return .json(try vendor.settings())
    }

    private func queueFaults(_ json: SandboxJSON) throws -> SandboxAnswer {
        try vendor.queue((json.elements ?? [json]).map { try SandboxFault(json: $0) })
        return faults
    }

    private func sell(_ json: SandboxJSON) throws -> SandboxAnswer {
        let charged = json["charge"]?.bool ?? true
        return vendor.front.sellByHand(json.removing(path: "charge"), charged: charged)
    }

    private func topUp(_ json: SandboxJSON) throws -> SandboxAnswer {
        vendor.topUp(try amount(in: json))
        return .json(["balance": .string(vendor.books.balance.description)])
    }

    private func refund(_ json: SandboxJSON) throws -> SandboxAnswer {
        guard let order = json["order"]?.string else { throw SandboxInputError("order: the vendor's name of an order") }
        try vendor.refund(order, try amount(in: json), state: json["state"]?.string)
        return .json(["balance": .string(vendor.books.balance.description)])
    }

    private func amount(in json: SandboxJSON) throws -> SandboxDecimal {
        guard let amount = (json["amount"]?.string ?? json["amount"]?.digits).flatMap({ SandboxDecimal($0) }) else {
            throw SandboxInputError("amount: a decimal number, such as \"50.00\"")
        }
        return amount
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

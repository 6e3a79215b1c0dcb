import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /buying`: whether buying goes on, and who stopped it when and why.
    func showBuying(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        Self.buying(try await purchaser.buyingChanges())
    }

    /// `POST /buying/pause`: stops every new purchase; once it is answered nothing more is dispatched.
    func pauseBuying(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        var body = BodyReader(try await call.object(), fields: ["reason"])
        let reason = body.reason()
        try body.finish()
        return Self.buying(try await purchaser.pauseBuying(reason, by: caller, requestID: call.requestID))
    }

    /// `POST /buying/resume`: lets buying go on.
    func resumeBuying(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let faults = try await call.objectOrNothing().strangers(to: [])
        guard faults.isEmpty else { throw .badBody(faults) }
        return Self.buying(try await purchaser.resumeBuying(by: caller, requestID: call.requestID))
    }

    private static func buying(_ changes: [BuyingChange]) -> Response {
        Response(.ok, BuyingBody(changes).json, headers: [.cacheControl: "no-store"])
    }
}

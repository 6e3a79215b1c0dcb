import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `GET /healthz`: the process lives.
    func showHealth(_ call: Call) async throws(Problem) -> Response {
        Response(
            .ok, ["status": "ok", "version": .string(settings.version)], headers: [.cacheControl: "no-store"])
    }

    /// `GET /readyz`: whether it may take orders, and which check fails if not. Never calls a vendor.
    func showReadiness(_ call: Call) async throws(Problem) -> Response {
        let obstacles = await purchaser.obstacles()
        let body: JSON = [
            "status": obstacles.isEmpty ? "ready" : "not_ready",
            "checks": .array(Self.checks(obstacles)),
        ]
        return Response(
            obstacles.isEmpty ? .ok : .serviceUnavailable, body, headers: [.cacheControl: "no-store"])
    }

    private static func checks(_ obstacles: [String]) -> [JSON] {
        if obstacles.isEmpty { return [["name": "takes_orders", "status": "ok"]] }
        return obstacles.map { ["name": .string($0), "status": "failing"] }
    }
}

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
        let checks = await purchaser.readiness()
        let isReady = checks.allSatisfy { $0.failure == nil }
        let body: JSON = [
            "status": isReady ? "ready" : "not_ready",
            "checks": .array(checks.map(Self.body)),
        ]
        return Response(isReady ? .ok : .serviceUnavailable, body, headers: [.cacheControl: "no-store"])
    }

    private static func body(_ check: ReadinessCheck) -> JSON {
        .object([
            ("name", .string(check.name)), ("status", check.failure == nil ? "ok" : "failing"),
            ("detail", check.failure.map(JSON.string)),
        ])
    }
}

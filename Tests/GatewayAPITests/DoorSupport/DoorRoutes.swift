import HTTPTypes
import Hummingbird

/// A few routes that do as little as possible.
enum DoorRoutes {
    struct Unforeseen: Error {}

    static func router(signals: Signals) -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/ping") { _, _ in "pong" }
        router.post("/echo") { request, _ in
            await signals.give("echo began")
            let body = try await request.body.collect(upTo: .max)
            return Response(status: .ok, body: ResponseBody(byteBuffer: body))
        }
        router.get("/ids") { request, _ in
            request.headers[values: .xRequestID].joined(separator: "|")
        }
        router.get("/slow") { _, _ in
            await signals.give("slow began")
            await signals.wait(for: "slow may end")
            await signals.give(Task.isCancelled ? "slow was canceled" : "slow ended")
            return "slow"
        }
        router.get("/stream") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "one,"))
                    try await writer.write(ByteBuffer(string: "two"))
                    try await writer.finish(nil)
                })
        }
        router.get("/broken") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "one,"))
                    throw Unforeseen()
                })
        }
        router.get("/flood") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    do {
                        while true { try await writer.write(ByteBuffer(repeating: 0x61, count: 64 * 1024)) }
                    } catch {
                        await signals.give("flood was cut")
                        throw error
                    }
                })
        }
        router.get("/large") { _, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x61, count: 16 << 20)))
        }
        router.get("/boom") { _, _ -> String in throw Unforeseen() }
        router.post("/boom") { _, _ -> String in throw Unforeseen() }
        router.get("/limited") { _, _ in Response(status: .tooManyRequests, headers: [.retryAfter: "7"]) }
        router.get("/own") { _, _ in
            Response(
                status: .conflict, headers: [.contentType: "application/problem+json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"code":"kyc_required"}"#)))
        }
        router.get("/last") { _, _ in Response(status: .ok, headers: [.connection: "close"]) }
        return router
    }
}

extension HTTPField.Name {
    static let xRequestID = HTTPField.Name("X-Request-Id") ?? .location
}

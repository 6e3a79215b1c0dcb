import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// One vendor's HTTP server, on loopback only.
struct SandboxServer: Sendable {
    let vendor: SandboxVendor
    let port: Int
    let logger: Logger

    /// Serves until it is cancelled or shut down gracefully.
    /// - Parameter bound: told the port once the server listens.
    func run(bound: @escaping @Sendable (Int) -> Void) async throws {
        let application = Application(
            router: router,
            server: HTTPServerBuilder { responder in
                let configuration = HTTP1Channel.Configuration(
                    additionalChannelHandlers: [DateHandler { vendor.front.dateHeader }])
                return SandboxChannel(http: HTTP1Channel(responder: responder, configuration: configuration))
            },
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { bound($0.localAddress?.port ?? port) },
            logger: logger)
        try await application.run()
    }

    private var router: Router<SandboxContext> {
        let router = Router(context: SandboxContext.self)
        let desk = CallDesk(vendor: vendor)
        SandboxControl(vendor: vendor).addRoutes(to: router)
        vendor.front.addRoutes(to: router, desk: desk)
        // Added last, so that it runs for no route but the missing one.
        router.add(middleware: UnknownPath(desk: desk))
        return router
    }
}

/// Answers a path that the vendor does not have, and has it in the books.
private struct UnknownPath: RouterMiddleware {
    let desk: CallDesk

    func handle(
        _ request: Request, context: SandboxContext, next: (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        try await desk.serve(.other, request, context) { desk.vendor.front.unknownPath($0) }
    }
}

import Crypto
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import ServiceLifecycle

/// Takes each call to a vendor through the same steps: into the books, past the faults, to the vendor, and out again.
struct CallDesk: Sendable {
    /// The largest body of a request.
    static let largestBody = 1_048_576

    let vendor: SandboxVendor

    /// Serves one call.
    /// - Parameter process: does what the call is for and gives the good answer, the vendor's refusals among them.
    func serve(
        _ call: SandboxCall, _ request: Request, _ context: SandboxContext,
        process: @Sendable (ReceivedCall) -> SandboxAnswer
    ) async throws -> Response {
        let received = try await receive(call, request, context)
        let fault = vendor.faultQueue.take(for: call, body: received.body)
        let delivery = await delivery(of: received, fault, process: process)
        vendor.record(received.entry(for: delivery, under: fault))
        return await deliver(delivery, over: Wire(channel: context.channel))
    }

    private func receive(
        _ call: SandboxCall, _ request: Request, _ context: SandboxContext
    ) async throws -> ReceivedCall {
        let body = Array(buffer: try await request.body.collect(upTo: Self.largestBody))
        var exchange = Exchange(
            call: call, idempotencyKey: request.headers[.idempotencyKey],
            bodyDigest: SHA256.hash(data: body).hexadecimal, connection: context.channel.remoteAddress?.text)
        var entry = SandboxEntry(event: .received, call: call)
        entry.connection = exchange.connection
        entry.idempotencyKey = exchange.idempotencyKey
        entry.bodyDigest = exchange.bodyDigest
        exchange.number = vendor.record(entry)
        return ReceivedCall(exchange, body: body, request: request, path: context.parameters)
    }

    /// Decides what the client gets. A pause that the sandbox's own end cuts short becomes a connection that ends.
    private func delivery(
        of received: ReceivedCall, _ fault: SandboxFault?, process: @Sendable (ReceivedCall) -> SandboxAnswer
    ) async -> CallDelivery {
        do {
            try await pause(milliseconds: vendor.front.latencyMs + (fault?.delayMs ?? 0))
            guard let fault else { return .whole(process(received)) }
            let refusal = vendor.front.refusal(of: received.call, for: fault)
            let good = fault.processes ? process(received) : refusal
            try await pause(milliseconds: fault.delayAnswerMs)
            return CallDelivery(of: good, under: fault, refusal: refusal)
        } catch {
            return .nothing(reset: false)
        }
    }

    private func deliver(_ delivery: CallDelivery, over wire: Wire) async -> Response {
        switch delivery {
        case .whole(let answer):
            return answer.response
        case .pieces(let pieces, let pauseMs, let reset):
            await send(pieces, pauseMs: pauseMs, over: wire)
            await wire.close(reset: reset)
        case .nothing(let reset):
            await wire.close(reset: reset)
        case .silence:
            await wire.waitForClientToLeave()
        }
        // The connection is closed: Hummingbird finds out when it writes this, and sends nothing.
        return Response(status: .internalServerError)
    }

    /// Sends pieces until the client has left or the sandbox ends.
    private func send(_ pieces: [[UInt8]], pauseMs: Int, over wire: Wire) async {
        do {
            for (index, piece) in pieces.enumerated() {
                if index > 0 { try await pause(milliseconds: pauseMs) }
                try await wire.send(ByteBuffer(bytes: piece))
            }
        } catch {
            // Nobody is left to send to; the caller closes the connection either way.
        }
    }

    private func pause(milliseconds: Int) async throws {
        guard milliseconds > 0 else { return }
        try await cancelWhenGracefulShutdown {
            try await Task.sleep(for: .milliseconds(milliseconds))
        }
    }
}

extension ReceivedCall {
    /// The entry that ends the exchange.
    fileprivate func entry(for delivery: CallDelivery, under fault: SandboxFault?) -> SandboxEntry {
        var entry = SandboxEntry(event: .dropped, call: call)
        if case .whole(let answer) = delivery {
            entry.event = .answered
            entry.status = answer.status
            entry.refusal = answer.refusal
        }
        entry.exchange = exchange.number
        entry.connection = exchange.connection
        entry.idempotencyKey = exchange.idempotencyKey
        entry.fault = fault?.kind.rawValue
        return entry
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits for each byte.
    fileprivate var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension SocketAddress {
    /// Address and port without the family.
    fileprivate var text: String? {
        guard let ipAddress, let port else { return nil }
        return "\(ipAddress):\(port)"
    }
}

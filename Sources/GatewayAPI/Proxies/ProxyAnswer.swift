import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Purchasing

/// A list of proxies on its way to a caller, piece by piece: the vendor is asked for the next one when the caller has taken
/// the one before.
///
/// A list that breaks off is left without its end (the last chunk of the body, with the trailer), and the connection is
/// closed: whoever reads it cannot take it for a whole one.
struct ProxyAnswer: Sendable {
    /// The opening and the first piece.
    private let beginning: String
    private let proxies: OrderProxies
    private let format: ProxyFormat
    private let scheme: BoughtProxy.Scheme?
    private let logger: Logger

    /// - Parameter logger: is told when a list breaks off, or when its number is not the one that was ordered; never
    ///   anything that stands in it.
    /// - Throws: `Problem` `no_proxies` when the proxies do not speak the protocol that was asked for.
    init(_ proxies: OrderProxies, _ request: ProxyRequest, logger: Logger) throws(Problem) {
        self.proxies = proxies
        self.logger = logger
        format = request.format
        scheme = request.scheme
        let order = proxies.order
        do throws(ProxyFormat.NotSpoken) {
            beginning = try Self.text(of: proxies.first, after: request.format.opening, request.format, scheme, order)
        } catch {
            throw Problem(
                .noProxies, "they do not speak \(request.scheme?.rawValue ?? "it")", moneyState: order.moneyState,
                orderID: order.id)
        }
    }

    /// Writes the whole answer, or throws when it cannot be brought to its end.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        var count = proxies.first.count
        try await writer.write(ByteBuffer(string: beginning))
        while let piece = try await next() {
            count += piece.count
            let text = try Self.text(of: piece, after: format.separator, format, scheme, proxies.order)
            try await writer.write(ByteBuffer(string: text))
        }
        if !format.closing.isEmpty { try await writer.write(ByteBuffer(string: format.closing)) }
        noteNumber(count)
        try await writer.finish([.proxiesCount: String(count)])
    }

    private static func text(
        of proxies: [BoughtProxy], after beginning: String, _ format: ProxyFormat, _ scheme: BoughtProxy.Scheme?,
        _ order: Order
    ) throws(ProxyFormat.NotSpoken) -> String {
        var text = beginning
        for (index, proxy) in proxies.enumerated() {
            if index > 0 { text += format.separator }
            text += try format.text(of: proxy, speaking: scheme, expiry: order.expiresAt)
        }
        return text
    }

    /// The vendor may have fewer for a while (one that is being replaced), and should never have more.
    private func noteNumber(_ count: Int) {
        guard let ordered = proxies.order.request.quantity, count != ordered, proxies.order.status == .completed else {
            return
        }
        logger.warning(
            "a vendor shows another number of proxies than was ordered",
            metadata: ["count": .stringConvertible(count), "ordered": .stringConvertible(ordered)])
    }

    /// The next piece; that the list broke off is noted here, since the caller can no longer be told why.
    private func next() async throws(VendorError) -> [BoughtProxy]? {
        var iterator = proxies.rest.makeAsyncIterator()
        do throws(VendorError) { return try await iterator.next() } catch {
            logger.warning("a list of proxies broke off", metadata: ["reason": .string(error.word)])
            throw error
        }
    }
}

import Foundation
import NIOCore
import Purchasing

/// Why the gateway cannot start, in one line for the person who starts it; without any secret.
struct GatewayRefusal: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A failure while the gateway was starting.
    init(starting error: any Error, address: String) {
        switch error {
        case let error as GatewayRefusal: self = error
        case let error as IOError:
            let reason = String(cString: strerror(error.errnoCode))
            self.init("cannot listen on \(address): \(reason)")
        case let error as StoreError: self.init("the orders of an earlier run cannot be read: \(error)")
        default: self.init("cannot start: \(error)")
        }
    }
}

/// Why a gateway that was serving ended without being told to.
struct GatewayBreakdown: Error, Hashable, CustomStringConvertible {
    let description: String
}

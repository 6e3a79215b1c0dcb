import ExactJSON
import HTTPTypes
import Purchasing
import PurchasingTestKit
import Testing

@testable import GatewayAPI

@Suite struct Problems {
    @Test(arguments: ProblemCode.allCases) func `are complete, each with words of its own`(code: ProblemCode) {
        let kind = code.kind
        #expect((400...599).contains(kind.status.code))
        #expect(!kind.title.isEmpty && !kind.meaning.isEmpty && !kind.advice.isEmpty)
        #expect(ProblemCode.allCases.count { $0.kind.title == kind.title } == 1)
        #expect((kind.retry != .wait) || kind.pause != nil, "a caller that shall wait is told how long")
        #expect(kind.money != .maybeSpent && kind.money != .spent)
    }

    @Test(arguments: DoorCode.allCases) func `are told by the door in the same words`(door: DoorCode) throws {
        let code = try #require(ProblemCode(rawValue: door.rawValue))
        #expect(code.kind.status.code == door.status)
        #expect(code.kind.title == door.title)
    }

    /// What a caller is told to do about an order that failed, and about a problem without one.
    static func retries(_ code: ProblemCode) -> (failed: RetryAction, other: RetryAction) {
        switch code {
        case .insufficientBalance: (.newKey, .askOperator)
        case .vendorAuthFailed, .kycRequired, .budgetExceeded, .forbidden: (.askOperator, .askOperator)
        case .insufficientInventory, .vendorUnavailable, .buyingPaused, .rateLimited, .overloaded: (.newKey, .wait)
        case .storeUnavailable, .internalError, .requestTimeout: (.newKey, .sameKey)
        // The order is not failed, but not sold yet.
        case .proxiesNotReady: (.poll, .poll)
        // What is asked for can only be had by a new purchase.
        case .noProxies: (.newKey, .fixRequest)
        case .promoCodeInvalid, .priceAboveLimit, .priceUnknown, .quantityOutOfRange, .vendorRejected, .noVendor,
            .malformedRequest, .idempotencyKeyMissing, .unsupportedMediaType, .bodyTooLarge, .expectationFailed,
            .invalidRequest, .idempotencyKeyReused, .notCancelable, .notResolvable, .notRefundable,
            .refundCurrencyMismatch, .refundExceedsTotal, .actionNotAllowed, .unauthenticated, .notFound,
            .methodNotAllowed:
            (.fixRequest, .fixRequest)
        }
    }

    @Test(arguments: ProblemCode.allCases)
    func `with a stored failed order want a new key, once what would fail again is mended`(code: ProblemCode) {
        let order = IdentifierSource.examples.next(.order)
        #expect(Problem(code, "x", orderID: order).retryAction == Self.retries(code).failed)
        #expect(Problem(code, "x", orderID: nil).retryAction == Self.retries(code).other)
        #expect(Problem(code, "x", orderID: nil).retryAction == code.kind.retry)
        #expect(code.kind.retry != .newKey)
    }

    @Test func `with an order that is being settled want it to be read`() {
        let order = IdentifierSource.examples.next(.order)
        for code in [ProblemCode.notCancelable, .notResolvable, .internalError] {
            #expect(Problem(code, "x", moneyState: .maybeSpent, orderID: order).retryAction == .poll)
        }
    }

    @Test func `that did nothing say so, whichever room refused`() {
        let body = ProblemBody(Problem(.overloaded, "x"), requestID: "r")
        #expect(body.json["money_state"] == "unchanged")
        #expect(ProblemBody(Problem(.noVendor, "x"), requestID: "r").json["money_state"] == "not_spent")
    }

    @Test func `never ask to wait for no time`() {
        #expect(Problem(.vendorUnavailable, "x", retryAfter: 0).pause == 1)
        #expect(Problem(.vendorUnavailable, "x", retryAfter: 7).pause == 7)
        #expect(Problem(.vendorUnavailable, "x").pause == 30)
    }

    @Test(arguments: ProblemCode.allCases) func `have a page`(code: ProblemCode) async throws {
        try await Office.open { office in
            for base in ["", "/v1"] {
                let path = "\(base)/problems/\(code.rawValue)"
                let text = try await office.call(.get, path)
                #expect(text.headers[.contentType] == "text/plain; charset=utf-8")
                #expect(text.text.contains("\(code.kind.status.code) \(code.rawValue)"))
                let page = try await office.call(.get, path, headers: [.accept: "text/html,*/*"])
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.text.contains("<code>\(code.kind.status.code) \(code.rawValue)</code>"))
                #expect(!page.text.contains("<key>"))
            }
        }
    }

    @Test(arguments: ["nope", "NOT_FOUND", "%3Cscript%3E", "<script>"])
    func `have no page for what is none`(code: String) async throws {
        try await Office.open { office in
            let reply = try await office.call(.get, "/problems/\(code)", headers: [.accept: "text/html"])
            #expect(reply.status == 404)
            #expect(reply.headers[.contentType] == "application/problem+json")
            #expect(!reply.text.contains("script"))
        }
    }
}

import HTTPTypes
import Purchasing

extension ProblemCode {
    /// The one table of problems.
    var kind: ProblemKind {
        switch self {
        case .malformedRequest:
            .init(
                .badRequest, "The request cannot be read", .fixRequest, money: .unchanged,
                meaning: "The request line, a header or the JSON body is broken. Nothing was done.",
                advice: "Mend what the detail names; for JSON it says at which byte reading stopped.")
        case .idempotencyKeyMissing:
            .init(
                .badRequest, "This call needs an Idempotency-Key", .fixRequest, money: .unchanged,
                meaning:
                    "Without a key a repeated call would be a second purchase, or do the same once more. Nothing was done.",
                advice: "Send a header such as `Idempotency-Key: crawler-2026-05-28-001`: a new one for each purchase "
                    + "or action, the same one for each repetition.")
        case .unsupportedMediaType:
            .init(
                .unsupportedMediaType, "The request's body is in a form that is not read here", .fixRequest,
                money: .unchanged, meaning: "Bodies are plain JSON in UTF-8. Nothing was done.",
                advice: "Send `Content-Type: application/json` and no `Content-Encoding`.")
        case .bodyTooLarge:
            .init(
                .contentTooLarge, "The request's body is too large", .fixRequest, money: .unchanged,
                meaning: "A body has at most 64 KiB. Nothing was done.", advice: "Send less, mostly less metadata.")
        case .requestTimeout:
            .init(
                .requestTimeout, "The request did not arrive in time", .sameKey, money: .unchanged,
                meaning: "The request was not complete before its deadline. Nothing was done.",
                advice: "Send it again, with the same key.")
        case .expectationFailed:
            .init(
                .expectationFailed, "The request expects something that is not done here", .fixRequest,
                money: .unchanged, meaning: "The only expectation that is met is `100-continue`. Nothing was done.",
                advice: "Leave the `Expect` header out.")
        case .invalidRequest:
            .init(
                .unprocessableContent, "The request asks for something that cannot be", .fixRequest,
                money: .unchanged, meaning: "One or more fields or parameters are wrong. Nothing was done.",
                advice: "`errors` names every one of them, with its place, a code and what is allowed.")
        case .noVendor:
            .init(
                .unprocessableContent, "No configured vendor can sell this", .fixRequest, money: .notSpent,
                meaning: "The request is well formed, and every configured vendor was ruled out. No order was stored.",
                advice: "`errors` says why, vendor by vendor. Ask for something that one of them sells.")
        case .idempotencyKeyReused:
            .init(
                .unprocessableContent, "The Idempotency-Key belongs to a different request", .fixRequest, money: nil,
                meaning:
                    "The key has made an order, or an action, from another body. This call did nothing; that stands.",
                advice:
                    "To learn about the first one, read it or repeat its body. To ask for something else, use a key "
                    + "of its own.")
        case .notCancelable:
            .init(
                .conflict, "The order can no longer be canceled", .fixRequest, money: nil,
                meaning: "Something may have been sent to a vendor already. The order stands as it was.",
                advice: "Read the order to see what becomes of it.")
        case .notResolvable:
            .init(
                .conflict, "This is nothing that a person can settle now", .fixRequest, money: nil,
                meaning: "Only an order or an action whose outcome is unknown is settled by hand. It stands as it was.",
                advice: "Read the order, or the action, to see where it stands.")
        case .notRefundable:
            .init(
                .conflict, "Nothing of the order can come back", .fixRequest, money: .unchanged,
                meaning:
                    "A refund is of money that is known to be spent, out of a total that somebody told. Nothing was noted.",
                advice: "Read the order; one whose outcome is unknown is resolved first.")
        case .refundCurrencyMismatch:
            .init(
                .conflict, "The order was paid in another currency", .fixRequest, money: .unchanged,
                meaning: "Refunds are added up and held against the order's total, in its currency. Nothing was noted.",
                advice: "Give the amount in the order's currency, or leave the currency out.")
        case .refundExceedsTotal:
            .init(
                .conflict, "More would come back than the order cost", .fixRequest, money: .unchanged,
                meaning: "All refunds of an order together are at most its total. Nothing was noted.",
                advice: "`GET /orders/{id}/refunds` shows what was noted already; the detail says what is left.")
        case .actionNotAllowed:
            .init(
                .conflict, "What was bought does not allow this now", .fixRequest, money: nil,
                meaning:
                    "The goods are not there yet, were given back, or have had this done as often as their vendor allows.",
                advice: "Read the order and its actions to see how it stands.")
        case .proxiesNotReady:
            .init(
                .conflict, "The order's proxies are not there yet", .poll, money: nil,
                meaning:
                    "The order is not sold yet, or its vendor is still making its proxies, or others for them, ready.",
                advice:
                    "Read the order with `wait` until it is completed, then ask again; where IPs are being changed, ask again after "
                    + "the pause. Of an order that is provisioning, "
                    + "`partial=true` gets what is there so far.")
        case .noProxies:
            .init(
                .conflict, "The order has no proxies", .fixRequest, money: nil,
                meaning:
                    "Traffic was bought, not IPs; or nothing was bought; or the vendor does not show the proxies any "
                    + "more, or refuses to; or they do not speak the protocol that was asked for.",
                advice: "The detail says which it is. The order stands as it is.")
        case .unauthenticated:
            .init(
                .unauthorized, "The request does not say who is calling", .fixRequest, money: .unchanged,
                meaning: "There is no key, more than one, or none that is in force. Nothing was done.",
                advice: "Send exactly one header `Authorization: Bearer <key>`.")
        case .forbidden:
            .init(
                .forbidden, "The caller may not do this", .askOperator, money: .unchanged,
                meaning: "The key is good, and its role does not allow this call. Nothing was done.",
                advice: "Ask an operator for a key with the role that the detail names.")
        case .notFound:
            .init(
                .notFound, "There is nothing at this address", .fixRequest, money: .unchanged,
                meaning: "There is no such path or object, or it belongs to another client. Nothing was done.",
                advice: "Check the path and the id. Paths have no trailing slash and are in lower case.")
        case .methodNotAllowed:
            .init(
                .methodNotAllowed, "This address does not take that method", .fixRequest, money: .unchanged,
                meaning: "The path exists, and it takes other methods. Nothing was done.",
                advice: "The `Allow` header names the methods.")
        case .insufficientBalance:
            .init(
                .conflict, "The vendor account's balance cannot cover it", .askOperator, money: .notSpent,
                meaning:
                    "The vendor, or its quote just before, said that the account has too little money; or its balance was read "
                    + "below zero, so that nothing is sent there until it is not.",
                advice: "Top up the account at the vendor, then buy with a new key.")
        case .kycRequired:
            .init(
                .conflict, "The vendor wants the account to be verified first", .askOperator, money: .notSpent,
                meaning: "The vendor sells this only to an account whose owner it has verified.",
                advice: "Complete the verification at the vendor, then buy with a new key.")
        case .insufficientInventory:
            .init(
                .unprocessableContent, "The vendor does not have enough of this", .wait, pause: 60, money: .notSpent,
                meaning: "The vendor has fewer than were ordered.",
                advice: "Order fewer or elsewhere, or the same later, each with a new key.")
        case .quantityOutOfRange:
            .init(
                .unprocessableContent, "The vendor does not sell this quantity", .fixRequest, money: .notSpent,
                meaning: "The vendor said itself that it does not sell this many.",
                advice: "The vendor's message says how many it sells. Use a new key.")
        case .vendorRejected:
            .init(
                .unprocessableContent, "The vendor refused it", .fixRequest, money: .notSpent,
                meaning:
                    "The vendor refused the order or action for a reason of its own, and its documents make that definite; or "
                    + "it shows nothing that could be acted on, so nothing was sent.",
                advice: "The `vendor` member has its code and words. Mend the request and use a new key.")
        case .promoCodeInvalid:
            .init(
                .unprocessableContent, "The promo code is not valid", .fixRequest, money: .notSpent,
                meaning: "The vendor's quote said that the promo code is not valid, so nothing was ordered.",
                advice: "Leave the code out or use another, with a new key.")
        case .priceAboveLimit:
            .init(
                .conflict, "The price is above max_total", .fixRequest, money: .notSpent,
                meaning: "The quoted or known price is above the request's `max_total`, so nothing was ordered.",
                advice: "Raise `max_total` or order less, with a new key.")
        case .priceUnknown:
            .init(
                .conflict, "No price can be known before buying", .fixRequest, money: .notSpent,
                meaning: "The request has a `max_total`, and the vendor tells its price only after the sale, or tells "
                    + "none of some of what it may sell.",
                advice: "Send `allow_unknown_price` with `true` to buy all the same, or have an operator configure "
                    + "prices.")
        case .budgetExceeded:
            .init(
                .init(code: 402, reasonPhrase: "Payment Required"), "The client's budget cannot hold the price",
                .askOperator, money: .notSpent,
                meaning:
                    "What is left of the client's budget is less than the price. Nothing was bought; an order was stored, "
                    + "as failed, only where a vendor had to be asked for the price.",
                advice: "Order less, or ask an operator for more budget; `GET /budgets` shows it.")
        case .buyingPaused:
            .init(
                .serviceUnavailable, "An operator has stopped buying", .wait, pause: 60, money: .notSpent,
                meaning:
                    "No new purchase is made until an operator lets buying go on. No order was stored; one that waited "
                    + "too long for it is in the problem, as failed.",
                advice: "Send it again later; the key is still free. Reads go on.")
        case .rateLimited:
            .init(
                .tooManyRequests, "Too many requests", .wait, pause: 1, money: .unchanged,
                meaning: "This caller is over Purser's own limit. Nothing was done.",
                advice: "Pause as long as `Retry-After` says, then send it again with the same key.")
        case .overloaded:
            .init(
                .serviceUnavailable, "Purser cannot take the request now", .wait, pause: 1, money: .unchanged,
                meaning: "The request was put aside before anything was done.",
                advice: "Pause as long as `Retry-After` says, then send it again with the same key.")
        case .vendorAuthFailed:
            .init(
                .badGateway, "The vendor refused Purser's own credentials", .askOperator, money: .notSpent,
                meaning: "Purser's key at the vendor is wrong or no longer in force.",
                advice: "An operator has to mend the vendor's key in the configuration.")
        case .vendorUnavailable:
            .init(
                .serviceUnavailable, "The vendor cannot be reached", .wait, pause: 30, money: .notSpent,
                meaning: "Nothing reached the vendor, or it turned the call away before doing anything.",
                advice:
                    "Without an order in the problem, or with one that was bought, send it again after the pause, with "
                    + "the same key where it has one. An order that failed is finished, and a new key is a new purchase."
            )
        case .storeUnavailable:
            .init(
                .serviceUnavailable, "It could not be made durable", .sameKey, pause: 5, money: .notSpent,
                meaning: "Purser's database cannot be used now, so nothing was sent to a vendor.",
                advice: "Send it again with the same key after the pause. If it stays, an operator should look at "
                    + "the disk.")
        case .internalError:
            .init(
                .internalServerError, "Purser failed to answer", .sameKey, pause: 5, money: .notSpent,
                meaning: "A fault that nobody foresaw, before anything was made durable.",
                advice: "Send it again with the same key: it finds the order if there is one. The request id finds the "
                    + "fault in the log.")
        }
    }
}

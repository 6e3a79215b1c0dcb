import HTTPTypes
import Purchasing

/// What is always the same about a problem: one row of the table in `ProblemKind+Table.swift`.
struct ProblemKind: Sendable {
    let status: HTTPResponse.Status
    /// A summary for a person; it never changes for a code.
    let title: String
    /// What the caller should do when no order tells more.
    let retry: RetryAction
    /// How long to pause before that, in seconds, when the problem does not say.
    let pause: Int?
    /// What it says about money; nil when that is the order's to say.
    let money: MoneyState?
    /// What has happened, for the problem's page.
    let meaning: String
    /// What to do about it, for the problem's page.
    let advice: String

    init(
        _ status: HTTPResponse.Status, _ title: String, _ retry: RetryAction, pause: Int? = nil, money: MoneyState?,
        meaning: String, advice: String
    ) {
        self.status = status
        self.title = title
        self.retry = retry
        self.pause = pause
        self.money = money
        self.meaning = meaning
        self.advice = advice
    }
}

/// The answer to a caller's one question: may I send it again?
enum RetryAction: String, Sendable, CaseIterable {
    /// Not as it is.
    case fixRequest = "fix_request"
    /// Yes, with the same key; it is safe, and the way to learn more.
    case sameKey = "same_key"
    /// As it is, only with a new key, which is a new purchase: this one is finished.
    case newKey = "new_key"
    /// Yes, after the pause that `Retry-After` names.
    case wait
    /// No: read the order until it is settled.
    case poll
    /// No: a person has to do something first.
    case askOperator = "ask_operator"
}

extension ProblemCode {
    /// What the caller should do about an order or an action that is stored as failed, so that its key is used up: the same
    /// once more with a new key, but for what would fail in the same way again.
    fileprivate var retryOfFinished: RetryAction {
        switch self {
        case .vendorAuthFailed, .kycRequired, .budgetExceeded, .forbidden: .askOperator
        case .promoCodeInvalid, .priceAboveLimit, .priceUnknown, .quantityOutOfRange, .vendorRejected, .noVendor,
            .invalidRequest, .malformedRequest, .idempotencyKeyMissing, .unsupportedMediaType, .bodyTooLarge,
            .expectationFailed, .unauthenticated, .notFound, .methodNotAllowed, .idempotencyKeyReused, .notCancelable,
            .notResolvable, .notRefundable, .refundCurrencyMismatch, .refundExceedsTotal, .actionNotAllowed:
            .fixRequest
        case .insufficientBalance, .insufficientInventory, .vendorUnavailable, .buyingPaused, .rateLimited, .overloaded,
            .storeUnavailable, .internalError, .requestTimeout, .proxiesNotReady, .noProxies:
            .newKey
        }
    }

    /// What their page says of that.
    var retryOfFinishedWords: String {
        switch retryOfFinished {
        case .newKey: "With an order or action that failed in the problem: new_key."
        case .fixRequest, .sameKey, .wait, .poll, .askOperator:
            "With an order or action that failed in the problem its key is finished: use a new one after that."
        }
    }
}

extension Problem {
    /// What the caller should do, given what the order behind the problem, if any, says.
    var retryAction: RetryAction {
        switch code {
        case .idempotencyKeyReused, .proxiesNotReady: code.kind.retry
        case .notCancelable, .notResolvable: moneyState == .maybeSpent ? .poll : code.kind.retry
        default: isAboutFailedOrder ? code.retryOfFinished : isAboutOpenOrder ? .poll : code.kind.retry
        }
    }

    /// How long to pause before the call is sent again, or what it asked for is asked with a new key, in seconds.
    var pause: Int? {
        let usual: Int? =
            switch retryAction {
            case .wait, .sameKey: code.kind.pause
            // A service that cannot do it now may soon, whatever became of this order.
            case .newKey: code.kind.status == .serviceUnavailable ? code.kind.pause : nil
            case .fixRequest, .poll, .askOperator: nil
            }
        return (retryAfter ?? usual).map { max(1, $0) }
    }

    /// What is said about money: a call that did nothing says so in the same word, whichever room refused it.
    var toldMoneyState: MoneyState {
        orderID == nil && code.kind.money == .unchanged ? .unchanged : moneyState
    }

    /// The order is stored as failed, so its key is used up.
    private var isAboutFailedOrder: Bool { orderID != nil && moneyState == .notSpent }

    private var isAboutOpenOrder: Bool { orderID != nil && moneyState == .maybeSpent }
}

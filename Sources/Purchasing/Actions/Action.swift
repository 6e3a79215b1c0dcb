public import Foundation

/// One change to what an order bought, from its acceptance on: as durable, and as careful, as the order itself.
///
/// An action changes only through `OrderChange`, which notes it on its order's timeline. Its copies share their fields until
/// one of them is changed, as an order's do.
@dynamicMemberLookup
public struct Action: Sendable, Hashable {
    @usableFromInline var storage: SharedFields<ActionFields>

    /// A new action, not yet stored.
    public init(
        id: ActionID, of order: Order, vendor: String, client: String, idempotencyKey: String, request: ActionRequest,
        requestID: String, traceparent: String?, createdAt: Date
    ) {
        storage = SharedFields(
            ActionFields(
                id: id, orderID: order.id, vendor: vendor, client: client, idempotencyKey: idempotencyKey,
                fingerprint: request.fingerprint(about: order.id), request: request, requestID: requestID,
                traceparent: traceparent, createdAt: createdAt, updatedAt: createdAt))
    }

    /// An action as a store read it back.
    public init(
        id: ActionID, orderID: OrderID, vendor: String, client: String, idempotencyKey: String, fingerprint: String,
        request: ActionRequest, requestID: String, traceparent: String?, createdAt: Date, status: ActionStatus,
        version: Int, updatedAt: Date, settledAt: Date?
    ) {
        storage = SharedFields(
            ActionFields(
                id: id, orderID: orderID, vendor: vendor, client: client, idempotencyKey: idempotencyKey,
                fingerprint: fingerprint, request: request, requestID: requestID, traceparent: traceparent,
                createdAt: createdAt, status: status, version: version, updatedAt: updatedAt, settledAt: settledAt))
    }

    @inlinable public subscript<Value>(dynamicMember field: KeyPath<ActionFields, Value>) -> Value {
        storage.fields[keyPath: field]
    }

    @inlinable public subscript<Value>(dynamicMember field: WritableKeyPath<ActionFields, Value>) -> Value {
        get { storage.fields[keyPath: field] }
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = SharedFields(storage.fields) }
            yield &storage.fields[keyPath: field]
        }
    }

    public static func == (one: Action, other: Action) -> Bool {
        one.storage === other.storage || one.storage.fields == other.storage.fields
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(storage.fields) }

    public var kind: ActionKind { self.request.task.kind }

    /// What may be said about the money.
    public var moneyState: MoneyState {
        guard kind.maySpend else { return .notSpent }
        switch self.status {
        case .pending, .failed: return .notSpent
        case .running, .unknown: return .maybeSpent
        case .completed:
            guard let total = self.total else { return kind == .renew ? .spent : .maybeSpent }
            return total.amount == .zero ? .notSpent : .spent
        }
    }

    /// Whether evidence may still settle it.
    var isBeingSettled: Bool { self.status == .unknown && self.unknown?.needsReview != true }
}

import HTTPTypes
import Purchasing

extension RouteTable {
    /// Every route of the contract. Each is served at its path and, identically, under `/v1`; where two paths could mean
    /// the same, the earlier line wins.
    static let routes: [Route] = [
        Route(
            .post, "/orders", .buyers(HTTPContract.placeOrder),
            replies: [.json(.created), .json(.accepted), .json(.ok)], problems: purchaseProblems),
        Route(
            .get, "/orders", .readers(HTTPContract.listOrders),
            query: OrderFilters.names.union(HTTPContract.historyParameters),
            replies: [.document(.json, .csv, .ndjson)], problems: [.forbidden, .storeUnavailable]),
        Route(
            .get, "/orders/stats", .readers(HTTPContract.showStatistics),
            query: OrderFilters.names.union(HTTPContract.statisticsParameters),
            replies: [.document(.json, .csv)], problems: [.forbidden, .storeUnavailable]),
        Route(
            .get, "/orders/{id}", .readers(HTTPContract.showOrder), query: ["wait"],
            replies: [.json(.ok), .notModified], problems: [.notFound, .storeUnavailable]),
        Route(
            .get, "/orders/{id}/events", .readers(HTTPContract.listEvents),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .get, "/orders/{id}/proxies", .readers(HTTPContract.listProxies), query: ["format", "protocol", "partial"],
            replies: [.document(.json, .plain, .csv, .uriList)],
            problems: [
                .notFound, .proxiesNotReady, .noProxies, .vendorAuthFailed, .vendorUnavailable, .storeUnavailable,
            ]),
        Route(
            .post, "/orders/{id}/cancel", .buyers(HTTPContract.cancelOrder),
            replies: [.json(.ok)], problems: [.notFound, .notCancelable, .storeUnavailable]),
        Route(
            .post, "/orders/{id}/resolve", .operators(HTTPContract.resolveOrder),
            replies: [.json(.ok)], problems: [.notFound, .notResolvable, .storeUnavailable]),
        Route(
            .post, "/orders/{id}/refunds", .operators(HTTPContract.recordRefund),
            replies: [.json(.created)],
            problems: [
                .idempotencyKeyMissing, .notFound, .notRefundable, .refundCurrencyMismatch, .refundExceedsTotal,
                .idempotencyKeyReused, .storeUnavailable,
            ]),
        Route(
            .get, "/orders/{id}/refunds", .readers(HTTPContract.listRefunds),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),

        Route(
            .get, "/refunds", .readers(HTTPContract.listAllRefunds),
            query: RefundFilters.names.union(["cursor", "limit", "format"]),
            replies: [.document(.json, .csv, .ndjson)], problems: [.forbidden, .storeUnavailable]),

        Route(
            .post, "/orders/{id}/renew", .buyers(HTTPContract.renewOrder),
            replies: actionReplies, problems: spendingProblems),
        Route(
            .post, "/orders/{id}/auto-renew", .buyers(HTTPContract.autoRenewOrder),
            replies: actionReplies, problems: actionProblems),
        Route(
            .get, "/orders/{id}/actions", .readers(HTTPContract.listActions),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .get, "/actions", .readers(HTTPContract.listAllActions),
            query: ActionFilters.names.union(["cursor", "limit"]),
            replies: [.json(.ok)], problems: [.forbidden, .storeUnavailable]),
        Route(
            .get, "/actions/{id}", .readers(HTTPContract.showAction), query: ["wait"],
            replies: [.json(.ok), .notModified], problems: [.notFound, .storeUnavailable]),
        Route(
            .post, "/actions/{id}/resolve", .operators(HTTPContract.resolveAction),
            replies: [.json(.ok)], problems: [.notFound, .notResolvable, .storeUnavailable]),

        Route(
            .get, "/isp/batches", .readers(HTTPContract.listBatches), query: ["vendor", "limit", "cursor"],
            replies: [.json(.ok)], problems: batchProblems),
        Route(
            .get, "/isp/batches/{id}", .readers(HTTPContract.showBatch),
            replies: [.json(.ok)], problems: batchProblems.union([.notFound])),
        Route(
            .delete, "/isp/batches/{id}", .buyers(HTTPContract.releaseBatch), query: ["confirm"],
            replies: actionReplies, problems: actionProblems),
        Route(
            .get, "/isp/batches/{id}/ips", .readers(HTTPContract.listBatchProxies),
            query: ["format", "protocol", "partial"], replies: [.document(.json, .plain, .csv, .uriList)],
            problems: batchProblems.union([.notFound, .proxiesNotReady, .noProxies])),
        Route(
            .post, "/isp/batches/{id}/renew", .buyers(HTTPContract.renewBatch),
            replies: actionReplies, problems: spendingProblems),
        Route(
            .post, "/isp/batches/{id}/refresh", .buyers(HTTPContract.refreshBatch),
            replies: actionReplies, problems: actionProblems),
        Route(
            .post, "/isp/batches/{id}/rotate-password", .buyers(HTTPContract.rotatePassword),
            replies: actionReplies, problems: actionProblems),
        Route(
            .get, "/isp/batches/{id}/whitelist", .readers(HTTPContract.listWhitelist),
            replies: [.json(.ok)], problems: batchProblems.union([.notFound])),
        Route(
            .post, "/isp/batches/{id}/whitelist", .buyers(HTTPContract.addToWhitelist),
            replies: actionReplies, problems: actionProblems),
        Route(
            .delete, "/isp/batches/{id}/whitelist/{entry}", .buyers(HTTPContract.removeFromWhitelist),
            replies: actionReplies, problems: actionProblems),
        Route(
            .post, "/isp/ips/{ip_id}/replace", .buyers(HTTPContract.replaceIP),
            replies: actionReplies, problems: spendingProblems),

        Route(
            .get, "/events", .readers(HTTPContract.listAllEvents), query: EventRequest.parameters,
            replies: [.document(.json, .eventStream)], problems: [.forbidden, .storeUnavailable]),

        Route(
            .post, "/webhooks", .operators(HTTPContract.createWebhook),
            replies: [.json(.created)], problems: [.storeUnavailable]),
        Route(
            .get, "/webhooks", .watchers(HTTPContract.listWebhooks),
            replies: [.json(.ok)], problems: [.storeUnavailable]),
        Route(
            .get, "/webhooks/{id}", .watchers(HTTPContract.showWebhook),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .patch, "/webhooks/{id}", .operators(HTTPContract.changeWebhook),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .delete, "/webhooks/{id}", .operators(HTTPContract.removeWebhook),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .post, "/webhooks/{id}/rotate-secret", .operators(HTTPContract.rotateWebhookSecret),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .post, "/webhooks/{id}/test", .operators(HTTPContract.testWebhook),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .post, "/webhooks/{id}/resend", .operators(HTTPContract.resendFailedDeliveries),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .get, "/webhooks/{id}/deliveries", .watchers(HTTPContract.listWebhookDeliveries),
            query: HTTPContract.deliveryParameters, replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .post, "/webhooks/{id}/deliveries/{event}/resend", .operators(HTTPContract.resendWebhookDelivery),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),

        Route(
            .get, "/inventory", .readers(HTTPContract.showInventory), query: InventoryFilters.names,
            replies: [.json(.ok), .notModified]),
        Route(
            .get, "/catalog", .readers(HTTPContract.showCatalog), query: ["vendor", "product"],
            replies: [.json(.ok), .notModified]),
        Route(
            .get, "/vendors", .watchers(HTTPContract.listVendors),
            replies: [.json(.ok)], problems: [.storeUnavailable]),
        Route(
            .get, "/vendors/{name}", .watchers(HTTPContract.showVendor),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(.post, "/quotes", .readers(HTTPContract.quoteOrder), replies: [.json(.ok)]),

        Route(
            .get, "/buying", .watchers(HTTPContract.showBuying),
            replies: [.json(.ok)], problems: [.storeUnavailable]),
        Route(
            .post, "/buying/pause", .operators(HTTPContract.pauseBuying),
            replies: [.json(.ok)], problems: [.storeUnavailable]),
        Route(
            .post, "/buying/resume", .operators(HTTPContract.resumeBuying),
            replies: [.json(.ok)], problems: [.storeUnavailable]),
        Route(
            .get, "/budgets", .readers(HTTPContract.listBudgets),
            replies: [.json(.ok)], problems: [.storeUnavailable]),
        Route(
            .get, "/budgets/{client}", .readers(HTTPContract.showBudget),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .put, "/budgets/{client}", .operators(HTTPContract.setBudget),
            replies: [.json(.ok)], problems: [.storeUnavailable]),
        Route(
            .delete, "/budgets/{client}", .operators(HTTPContract.removeBudget),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),
        Route(
            .get, "/budgets/{client}/changes", .readers(HTTPContract.listBudgetChanges),
            replies: [.json(.ok)], problems: [.notFound, .storeUnavailable]),

        Route(
            .get, "/keys", .operators(HTTPContract.listKeys),
            replies: [.json(.ok)], isLocal: true),
        Route(
            .post, "/keys", .operators(HTTPContract.issueKey),
            replies: [.json(.created)], problems: [.storeUnavailable], isLocal: true),
        Route(
            .delete, "/keys/{id}", .operators(HTTPContract.revokeKey),
            replies: [.json(.ok)], problems: [.storeUnavailable], isLocal: true),

        Route(
            .post, "/copies", .operators(HTTPContract.copyStore),
            replies: [.json(.created)], problems: [.storeUnavailable], isLocal: true),

        Route(.get, "/healthz", .everyone(HTTPContract.showHealth), replies: [.json(.ok)]),
        Route(
            .get, "/readyz", .everyone(HTTPContract.showReadiness),
            replies: [.json(.ok), .json(.serviceUnavailable)]),
        Route(
            .get, "/metrics", .everyone(HTTPContract.showMetrics), replies: [.document(.plain)],
            problems: [.forbidden, .rateLimited], mayNeedKey: true),
        Route(
            .get, "/openapi.yaml", .everyone(HTTPContract.showContractAsYAML),
            replies: [.document(.yaml), .notModified]),
        Route(
            .get, "/openapi.json", .everyone(HTTPContract.showContractAsJSON),
            replies: [.document(.json), .notModified]),
        Route(
            .get, "/docs", .everyone(HTTPContract.showContractAsPage),
            replies: [.document(.html), .notModified]),
        Route(
            .get, "/problems/{code}", .everyone(HTTPContract.showProblem),
            replies: [.document(.html, .plain)], problems: [.notFound]),
    ]

    /// What a purchase can end in without, or with proof against, having bought.
    private static let purchaseProblems: Set<ProblemCode> = [
        .idempotencyKeyMissing, .noVendor, .idempotencyKeyReused, .insufficientBalance, .kycRequired,
        .insufficientInventory, .quantityOutOfRange, .vendorRejected, .promoCodeInvalid, .priceAboveLimit,
        .priceUnknown, .budgetExceeded, .buyingPaused, .vendorAuthFailed, .vendorUnavailable, .storeUnavailable,
    ]

    /// How an action is answered that did not fail.
    private static let actionReplies: [Reply] = [.json(.created), .json(.accepted)]

    /// What an action can end in without, or with proof against, having been done.
    private static let actionProblems: Set<ProblemCode> = [
        .idempotencyKeyMissing, .notFound, .actionNotAllowed, .idempotencyKeyReused, .insufficientBalance,
        .kycRequired, .insufficientInventory, .quantityOutOfRange, .vendorRejected, .vendorAuthFailed,
        .vendorUnavailable, .storeUnavailable,
    ]

    /// The same of one that may be charged.
    private static let spendingProblems = actionProblems.union([
        .promoCodeInvalid, .priceAboveLimit, .priceUnknown, .budgetExceeded, .buyingPaused,
    ])

    /// What a reading of batches can end in.
    private static let batchProblems: Set<ProblemCode> = [
        .vendorRejected, .vendorAuthFailed, .vendorUnavailable, .storeUnavailable,
    ]
}

import ExactJSON
import Foundation
import Purchasing
import PurchasingTestKit

extension ActionCall {
    /// A task on the batch of twenty IPs.
    static func onTwentyIPs(_ task: ActionTask) -> ActionCall {
        ActionCall(
            task: task, sale: .twentyIPs,
            context: CallContext(
                orderID: Sale.twentyIPs.orderID, traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        )
    }
}

/// HeloData's words for actions, one of each kind, and goods as it shows them.
enum HeloDataActionDialects {
    typealias Answer = VendorActionDialect.Answer

    static let password = "Canary7PassWd"
    static let csv = """
        ip,port,user,pass,country,city,asn
        198.51.100.43,8000,helo_s1a2b3c4d5e,\(password),US,New York,7922
        198.51.100.42,8000,helo_s1a2b3c4d5e,\(password),US,New York,7922

        """
    /// SHA-256 of `198.51.100.42\n198.51.100.43\n`.
    static let digest = "c69c642a825f424021324ef1560dbe164b2dd46e68c1563efe20c13cd568e9e9"
    /// Those that `digest` is of.
    static let addresses = ["198.51.100.42", "198.51.100.43"]
    /// The first two bytes of SHA-256 of `helo_s1a2b3c4d5e:Canary7PassWd\n`.
    static let credentials = 0x4028

    static let all = [renew, refresh, rotatePassword, release, replace, allow, disallow]

    static let renew = VendorActionDialect(
        "a renewal", .onTwentyIPs(.renew(.months(1))), done: fixture("batch.renewed.assumed"),
        answers: refusals + doubts + delays + nothings + [
            .init("with the documented answer", 200, fixture("batch.renewed.documented"), .done),
            .init("with other months", 200, #"{"months":2}"#, .unknown(["answer_mismatch"])),
            .init("that it is gone", 404, error("not_found"), .refused(.rejected)),
            .init("that it is gone, without a word", 404, "", .refused(.rejected)),
            .init("410", 410, error("batch_released"), .refused(.rejected)),
            .init("that it was released", 409, error("batch_released"), .refused(.rejected)),
        ],
        secrets: [password],
        reading: .init(
            finds: condition { condition in
                condition.expiresAt = Date(rfc3339: "2026-06-28T10:00:00Z")
                condition.count = 2
                condition.balance = .usd("125.40")
            }, calls: 2, broken: brokenBatches + [(1, "[]"), (1, #"{"balance":{}}"#)], absent: gone, answer: answer))

    static let refresh = VendorActionDialect(
        "a refresh", .onTwentyIPs(.refresh), done: fixture("batch.refreshed.assumed"),
        answers: refusals + nothings, secrets: [password],
        reading: .init(
            finds: condition { condition in
                condition.count = 2
                condition.ips = digest
                condition.marks = GoodsCondition.marks(of: addresses)
            }, calls: 1, broken: brokenLists, absent: gone, answer: answer))

    static let rotatePassword = VendorActionDialect(
        "a new password", .onTwentyIPs(.rotatePassword), done: fixture("batch.rotated.assumed"),
        answers: refusals + nothings + [
            .init("an error that says yes", 200, #"{"error":"\#(password)","message":"\#(password)"}"#, .unknown([]))
        ],
        secrets: [password],
        reading: .init(
            finds: condition { condition in
                condition.count = 2
                condition.credentials = credentials
            }, calls: 1,
            broken: [
                (0, String(csv.dropLast(20))), (0, csv + "x"), (0, "ip,port\n"), (0, csv + "198.51.100.9,8000,u,\n"),
            ],
            absent: gone
        ) { _ in csv })

    static let release = VendorActionDialect(
        "a release", .onTwentyIPs(.release), hasBody: false, done: fixture("batch.released.assumed"),
        answers: refusals + nothings + [
            .init("that it is gone", 404, error("not_found"), .unknown(["gone"])),
            .init("410", 410, error("gone"), .unknown(["gone"])),
            .init("that it was released", 409, error("batch_released"), .unknown(["gone"])),
        ],
        reading: .init(
            finds: condition { condition in
                condition.expiresAt = Date(rfc3339: "2026-06-28T10:00:00Z")
                condition.count = 2
            }, calls: 1, broken: brokenBatches,
            absent: { _ in .http(200, fixture("batch.released.assumed")) }, answer: answer))

    static let replace = VendorActionDialect(
        "a replacement", .onTwentyIPs(.replace(ip: "ip_01HXold", reason: "target-blocked")),
        done: fixture("ip.replaced.assumed"), answers: refusals + doubts + delays + nothings, secrets: [password],
        reading: .init(
            finds: condition { condition in
                condition.count = 2
                condition.ips = digest
                condition.marks = GoodsCondition.marks(of: addresses)
                condition.holdsIP = true
                condition.balance = .usd("125.40")
            }, calls: 2, broken: brokenLists, absent: gone, answer: answer))

    static let allow = VendorActionDialect(
        "an address", .onTwentyIPs(.allow("203.0.113.9", label: "office")), done: fixture("whitelist-entry.assumed"),
        answers: refusals + nothings, reading: whitelist)

    static let disallow = VendorActionDialect(
        "an entry", .onTwentyIPs(.disallow(entry: "wl_01HXone")), hasBody: false, done: "{}",
        answers: refusals + nothings + [.init("that it is gone", 404, error("not_found"), .unknown(["gone"]))],
        reading: whitelist)

    private static let whitelist = VendorActionDialect.Reading(
        finds: condition { condition in
            condition.allowed = ["203.0.113.7", "198.51.100.0/24", "2001:db8::/64"]
            condition.allowedEntries = ["wl_01HXone", "wl_01HXtwo", "wl_01HXthree"]
        }, calls: 1,
        broken: [
            (0, #"{"data":[{"ip":"203.0.113.7"}],"next_cursor":null}"#), (0, #"{"data":[{"id":"wl_1"}]}"#),
            (0, #"{"data":["203.0.113.7"]}"#), (0, #"{"data":[],"has_more":true}"#),
            (0, #"{"data":[],"next_cursor":7}"#),
        ], absent: gone, answer: answer)

    // MARK: Words

    static func error(_ code: String) -> String { #"{"code":"\#(code)","message":"\#(HeloDataDialect.leak)"}"# }

    /// What any of the calls may be refused with.
    private static let refusals: [Answer] = [
        .init("409 insufficient_balance", 409, error("insufficient_balance"), .refused(.insufficientBalance)),
        .init("409 kyc_required", 409, error("kyc_required"), .refused(.kycRequired)),
        .init("403 kyc-required", 403, error("kyc-required"), .refused(.kycRequired)),
        .init("422 insufficient_inventory", 422, error("insufficient_inventory"), .refused(.insufficientInventory)),
        .init("422 quantity_out_of_range", 422, error("quantity_out_of_range"), .refused(.quantityOutOfRange)),
        .init("403 batch-expired", 403, error("batch-expired"), .refused(.rejected)),
        .init("409 batch_expired", 409, error("batch_expired"), .refused(.rejected)),
        .init("422 ip_released", 422, error("ip_released"), .refused(.rejected)),
        .init("400", 400, error("invalid_request"), .refused(.rejected)),
        .init("401", 401, error("unauthorized"), .refused(.authFailed)),
        .init("401 without a body", 401, "", .refused(.authFailed)),
        .init("403", 403, error("missing_scope"), .refused(.authFailed)),
    ]

    private static let doubts: [Answer] = [
        .init("409 with an unlisted code", 409, error("refresh_already_used"), .unknown(["unlisted_refusal"])),
        .init("422 with an unlisted code", 422, error("whitelist_limit_reached"), .unknown(["unlisted_refusal"])),
        .init("409 without a code", 409, "{}", .unknown(["unlisted_refusal"])),
        .init("409 with the code of a 422", 409, error("insufficient_inventory"), .unknown(["unlisted_refusal"])),
        .init("402", 402, error("insufficient_balance"), .unknown(["status_402"])),
        .init("404 with something else", 404, #"{"id":"bat_01HXabc"}"#, .unknown(["status_404"])),
        .init("206", 206, "{}", .unknown(["status_206"])),
        .init("another batch", 200, #"{"batch_id":"bat_other"}"#, .unknown(["answer_mismatch"])),
        .init("an error with status 200", 200, error("internal"), .unknown(["answer_mismatch"])),
        .init("no success", 200, #"{"success":false}"#, .unknown(["answer_mismatch"])),
        .init("null", 200, "null", .unknown(["unreadable_body"])),
    ]

    private static let delays: [Answer] = [
        .init("429", 429, fixture("any.rate_limited"), headers: ["Retry-After": "8"], .notSent(["rate_limited"])),
        .init("429 without a wait", 429, "", .notSent(["rate_limited"])),
    ]

    /// Answers that say no more than that it was done.
    private static let nothings: [Answer] = [
        .init("200 without a body", 200, "", .done), .init("201", 201, "{}", .done), .init("202", 202, "{}", .done),
        .init("204", 204, "", .done),
    ]

    // MARK: Goods

    private static let brokenBatches: [(call: Int, body: String)] = [
        (0, #"{"id":"bat_other","status":"active"}"#), (0, #"{"data":[]}"#), (0, "[]"), (0, "7"),
    ]

    private static let brokenLists: [(call: Int, body: String)] = [
        (0, #"[{"ip":"198.51.100.42"},{"port":8000}]"#), (0, #"{"data":[],"has_more":true}"#), (0, "[1]"),
        (0, #"{"data":[],"next_cursor":7}"#),
    ]

    private static let gone: @Sendable (ScriptedServer.Request) -> ScriptedServer.Act = { _ in
        .http(404, #"{"code":"not_found","message":"No such resource"}"#)
    }

    private static let answer: @Sendable (ScriptedServer.Request) -> String = { request in
        switch request.target {
        case "/v1/users/me": fixture("users-me.ok")
        case "/v1/isp/batches/bat_01HXabc": fixture("batch.assumed")
        case "/v1/isp/batches/bat_01HXabc/ips?format=json": fixture("batch-ips.assumed-ids")
        case "/v1/isp/batches/bat_01HXabc/whitelist": fixture("whitelist.assumed")
        default: "not asked for: \(request.target)"
        }
    }

    private static func condition(_ tell: (inout GoodsCondition) -> Void) -> GoodsCondition {
        var condition = GoodsCondition(isThere: true)
        tell(&condition)
        return condition
    }
}

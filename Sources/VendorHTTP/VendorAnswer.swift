public import ExactJSON
public import Foundation
public import Purchasing

/// What came of one call: the vendor's whole answer, or why there is none.
public enum VendorReply: Sendable, Hashable {
    case answer(VendorAnswer)
    case failed(TransportFailure)
}

/// A vendor's whole, well-framed answer.
public struct VendorAnswer: Sendable, Hashable {
    public let status: Int
    /// The headers that were asked for, names in lower case; a repeated one is joined by `, `.
    public let headers: [String: String]
    public let body: [UInt8]

    public init(status: Int, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The body as JSON, read strictly; nil when it is not JSON, whatever the content type says.
    public var json: JSON? {
        do { return try JSON(parsing: body, as: .answer) } catch { return nil }
    }

    /// Whether the body is a page for people, as proxies in front of a vendor send it.
    public var isMarkup: Bool {
        body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "<")
    }

    /// What a read that was answered with this status failed of; nil for 2xx, whose body remains to be read.
    ///
    /// - Parameter now: the time, for a `Retry-After` that is a date.
    public func readFailure(now: Date, redaction: Redaction) -> VendorError? {
        switch status {
        case 200..<300: nil
        case 401, 403: .authFailed
        case 429: .rateLimited(retryAfter: RetryAfter.wait(toldBy: self, now: now))
        case 408, 500...: .unavailable(reason: "status_\(status)")
        case 300..<400: .unavailable(reason: "redirected")
        default:
            .refused(
                code: json?["code"]?.string.map(redaction.text) ?? "status_\(status)",
                message: json?["message"]?.string.map(redaction.text))
        }
    }
}

/// How long a vendor that turned a call away wants to be left alone.
public enum RetryAfter {
    /// The headers that tell it; ask for them with every call.
    public static let headers: Set<String> = [
        "retry-after", "date", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
    ]
    /// Where nothing readable was told.
    public static let usual = Duration.seconds(30)
    /// No longer than this is waited for one answer; a vendor that still means it says so again.
    public static let longest = Duration.seconds(3600)

    /// The wait: `Retry-After` in seconds or as an HTTP date, else the time to `X-RateLimit-Reset`, else `usual`.
    ///
    /// Times are held against the answer's own `Date`, so a vendor's clock may be wrong.
    public static func wait(toldBy answer: VendorAnswer, now: Date) -> Duration {
        let vendorNow = answer.headers["date"].flatMap(Date.init(httpDate:)) ?? now
        let told = answer.headers["retry-after"]
        let wait =
            told.flatMap(wholeSeconds)
            ?? told.flatMap(Date.init(httpDate:)).map { seconds(from: vendorNow, to: $0) }
            ?? timeToReset(toldBy: answer, now: now)
        return wait.map { min(max($0, .seconds(1)), longest) } ?? usual
    }

    /// The time until `X-RateLimit-Reset` (seconds since 1970); nil when it is not told, unreadable, or past.
    public static func timeToReset(toldBy answer: VendorAnswer, now: Date) -> Duration? {
        guard let reset = answer.headers["x-ratelimit-reset"].flatMap(wholeNumber) else { return nil }
        let vendorNow = answer.headers["date"].flatMap(Date.init(httpDate:)) ?? now
        let wait = seconds(from: vendorNow, to: Date(timeIntervalSince1970: Double(reset)))
        return wait > .zero ? min(wait, longest) : nil
    }

    /// A whole number of at most 12 digits without a sign; nil for anything else.
    public static func wholeNumber(_ text: String) -> Int? {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func wholeSeconds(_ text: String) -> Duration? { wholeNumber(text).map { .seconds($0) } }

    private static func seconds(from start: Date, to end: Date) -> Duration {
        .seconds(Int(min(max(end.timeIntervalSince(start), -1), 1e9).rounded(.up)))
    }
}

extension Date {
    /// Reads the preferred HTTP date (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
    init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", parts[1].count == 2, parts[3].count == 4,
            let month = Self.months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

import ExactJSON
import Foundation
import Purchasing

/// One call that changes something, through a gateway: the same key and the same bytes, sent as often as it takes, and
/// then what it made followed until there is nothing more to wait for.
struct Submission: Sendable {
    let change: Change
    let key: String
    /// How long to go on, from the start.
    let timeout: Duration
    /// Whether what it made is followed once the gateway has taken it.
    let waits: Bool
    /// Whether it goes on trying while an operator has paused buying: that may take days.
    var waitsForBuying = false
    let gateway: any GatewayCalling
    let timepiece: Timepiece
    let progress: SubmissionProgress

    /// How long a gateway that was never reached is tried, at most: it may be starting, or the address is wrong.
    static let reachPatience = Duration.seconds(15)
    /// How long the gateway is asked to hold the first answer: short, so that the id is soon known.
    private static let firstWait = 2
    /// How long it is asked to hold the answers that follow.
    private static let followWait = 20
    /// How long a call may take beyond what it was asked to wait.
    private static let grace = Duration.seconds(15)
    private static let firstPause = Duration.milliseconds(250)
    private static let longestPause = Duration.seconds(5)

    private var undertaking: Undertaking { change.undertaking }

    /// Sends it and follows what it made.
    func run() async -> SubmissionEnding {
        let start = timepiece.elapsed()
        var pause = Self.firstPause
        // What earlier tries came to: an answer that was lost may have been a good one.
        var isLost = false
        var lastProblem: GatewayAnswer?
        while true {
            let trouble: String
            var wanted = pause
            do throws(CallFailure) {
                let answer = try await gateway.send(call)
                switch Verdict(answer, undertaking) {
                case .made(let id):
                    if answer.isReplay {
                        let (noun, done) = (undertaking.noun, undertaking.done)
                        progress.note("the key has this \(noun) already; it was found, not \(done) again")
                    }
                    guard waits || !answer.isGood else { return .reached(answer) }
                    return await follow(id, from: answer.isGood ? answer : nil, start)
                case .refused:
                    return .refused(answer, isCertain: !isLost || answer.isAbout(undertaking))
                case .again:
                    let isPaused = answer.json["code"]?.string == "buying_paused"
                    if isPaused, !waitsForBuying, !isLost { return .refused(answer, isCertain: true) }
                    lastProblem = answer
                    trouble = answer.json["detail"].cell
                    if let seconds = answer.retryAfter { wanted = .seconds(max(1, seconds)) }
                }
            } catch {
                if case .notReached = error {} else { isLost = true }
                trouble = error.words
                if !error.mayPass { return .unanswered(error.words) }
            }
            let isReached = isLost || lastProblem != nil
            let limit = isReached ? timeout : min(timeout, Self.reachPatience)
            guard timepiece.elapsed() - start + wanted <= limit else {
                if isLost { return .unanswered(trouble) }
                return lastProblem.map { .refused($0, isCertain: true) } ?? .notSent(trouble)
            }
            progress.say("\(trouble); trying again with the same key")
            await timepiece.rest(wanted)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private var call: GatewayCall {
        GatewayCall(
            change.method, change.path, body: change.body,
            headers: [
                ("idempotency-key", key), ("prefer", waits ? "wait=\(Self.firstWait)" : "respond-async"),
            ], limit: .seconds(Self.firstWait) + Self.grace)
    }

    /// Reads what was made until there is nothing more to wait for, or the time is over.
    private func follow(_ id: Identifier, from first: GatewayAnswer?, _ start: Duration) async -> SubmissionEnding {
        var last = first
        var pause = Self.firstPause
        if let last, isAtRest(last, id) { return .reached(last) }
        while true {
            let left = timeout - (timepiece.elapsed() - start)
            guard left > .zero else { break }
            let wait = max(1, min(Self.followWait, Int(left.seconds.rounded(.up))))
            let called = timepiece.elapsed()
            do throws(CallFailure) {
                let answer = try await gateway.send(
                    GatewayCall("GET", "\(undertaking.path(id))?wait=\(wait)", limit: .seconds(wait) + Self.grace))
                guard answer.isGood else {
                    guard answer.status >= 500 || answer.status == 429 else {
                        return last.map { .reached($0, trouble: answer.problemText) } ?? .unanswered(answer.problemText)
                    }
                    throw .lost(answer.json["detail"].cell)
                }
                let isNews = answer.json["updated_at"] != last?.json["updated_at"]
                last = answer
                if isAtRest(answer, id) { return .reached(answer) }
                // A change, or a call that was held as it was asked to be, is a reason to ask again at once.
                if isNews || timepiece.elapsed() - called >= .seconds(wait) {
                    pause = Self.firstPause
                    continue
                }
            } catch {
                progress.say("\(error.words); asking again")
            }
            await timepiece.rest(min(pause, left))
            pause = min(pause * 2, Self.longestPause)
        }
        return last.map { .reached($0) } ?? .unanswered("the \(undertaking.noun) could not be read")
    }

    /// Tells where it stands; whether waiting for it is over.
    private func isAtRest(_ answer: GatewayAnswer, _ id: Identifier) -> Bool {
        progress.tell(answer.json, id)
        return undertaking.standing(answer.json).isAtRest
    }
}

extension Submission {
    /// What an answer means.
    private enum Verdict {
        /// There is an order or an action, which may be followed.
        case made(Identifier)
        /// Nothing was done, or not by this call.
        case refused
        /// Nothing was done; the same key may be sent again.
        case again

        init(_ answer: GatewayAnswer, _ undertaking: Undertaking) {
            let advice = answer.json["retry_action"]?.string
            if answer.isGood || advice == "poll",
                let id = undertaking.id(in: answer.json, isProblem: !answer.isGood)
            {
                self = .made(id)
            } else if !answer.isAbout(undertaking), answer.status >= 500 || answer.status == 429,
                advice == "same_key" || advice == "wait"
            {
                self = .again
            } else {
                self = .refused
            }
        }
    }
}

extension GatewayAnswer {
    /// Whether a problem tells what the key has made: something of this kind, or something else altogether.
    fileprivate func isAbout(_ undertaking: Undertaking) -> Bool {
        json["\(undertaking.noun)_id"]?.string != nil || json["code"]?.string == "idempotency_key_reused"
    }
}

extension Timepiece {
    /// Waits; a task that is cancelled waits no longer.
    func rest(_ duration: Duration) async {
        do { try await sleep(duration) } catch {
            // Whoever waits looks at what is to be done next.
        }
    }
}

extension CallFailure {
    /// Whether the same call may fare better later.
    fileprivate var mayPass: Bool {
        switch self {
        case .notReached, .lost: true
        case .unreadable(let status): status >= 500
        }
    }
}

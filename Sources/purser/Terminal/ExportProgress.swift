import Foundation

/// Says on a terminal how far an export has come; elsewhere nothing.
final class ExportProgress {
    private let total: Int?
    private let isTerminal = Terminal.error.isTerminal
    private var orders = 0
    private var shown: ContinuousClock.Instant?

    private static let pace = Duration.milliseconds(100)
    private static let width = 30

    /// - Parameter total: how many orders there are; nil when nobody knows.
    init(of total: Int?) { self.total = total }

    /// So many more orders are written.
    func advance(by count: Int) {
        orders += count
        let now = ContinuousClock.now
        guard isTerminal, shown.map({ now - $0 >= Self.pace }) ?? true else { return }
        shown = now
        Terminal.error.write("\r\u{1B}[K" + Self.line(orders, of: total))
    }

    /// Takes the line away.
    func end() {
        if shown != nil { Terminal.error.write("\r\u{1B}[K") }
    }

    /// The line, without its end.
    static func line(_ orders: Int, of total: Int?) -> String {
        guard let total, total > 0 else { return "\(orders) orders" }
        let part = min(Double(orders) / Double(total), 1)
        let full = Int(part * Double(width))
        let bar = String(repeating: "=", count: full) + String(repeating: " ", count: width - full)
        return "[\(bar)] \(orders) of \(total) orders, \(Int(part * 100)) %"
    }
}

import Foundation

/// Prometheus' text format 0.0.4, read as strictly as its page says
/// (https://prometheus.io/docs/instrumenting/exposition_formats/), and held against the naming of
/// https://prometheus.io/docs/practices/naming/.
public struct ReadExposition: Sendable {
    public struct Family: Sendable {
        public let kind: String
        public let help: String
        /// By the series as it is written, without its value.
        public var samples: [String: String] = [:]
    }

    public struct Fault: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    public private(set) var families: [String: Family] = [:]

    /// - Throws: `Fault` for the first line that is not as it should be.
    public init(_ text: String) throws(Fault) {
        guard text.hasSuffix("\n") else { throw Fault(description: "the last line does not end") }
        var name = ""
        var help: String?
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# HELP ") {
                let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
                guard parts.count == 2, help == nil, families[String(parts[0])] == nil, Self.isName(parts[0]) else {
                    throw Fault(description: "\(line)")
                }
                (name, help) = (String(parts[0]), String(parts[1]))
            } else if line.hasPrefix("# TYPE ") {
                let parts = line.dropFirst(7).split(separator: " ")
                guard parts.count == 2, parts[0] == name, let text = help,
                    ["counter", "gauge", "histogram"].contains(parts[1])
                else { throw Fault(description: "\(line)") }
                guard (parts[1] == "counter") == name.hasSuffix("_total") else {
                    throw Fault(description: "\(name) is a \(parts[1])")
                }
                families[name] = Family(kind: String(parts[1]), help: text)
                help = nil
            } else {
                guard help == nil, families[name] != nil else { throw Fault(description: "\(line)") }
                try readSample(line, of: name)
            }
        }
        for (name, family) in families where family.kind == "histogram" { try Self.check(name, family) }
    }

    /// The value of a series, such as `purser_orders{vendor="a",status="failed"}`; nil when it is not there.
    public subscript(series: String) -> String? {
        let name = String(series.prefix { $0 != "{" })
        let family = families[name] ?? families[name.trimming("_bucket", "_sum", "_count")]
        return family?.samples[series]
    }

    /// The same as a whole number; 0 when it is not there.
    public func count(_ series: String) -> Int { self[series].flatMap { Int($0) } ?? 0 }

    /// Every series.
    public var series: [String] { families.values.flatMap(\.samples.keys) }

    private mutating func readSample(_ line: Substring, of name: String) throws(Fault) {
        guard let gap = line.lastIndex(of: " ") else { throw Fault(description: "\(line)") }
        let (series, value) = (line[..<gap], line[line.index(after: gap)...])
        let own = series.prefix { $0 != "{" }
        let suffixes = families[name]?.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { own == name + $0 }), Self.isNumber(value) else {
            throw Fault(description: "\(line)")
        }
        try Self.checkLabels(series.dropFirst(own.count))
        guard families[name]?.samples.updateValue(String(value), forKey: String(series)) == nil else {
            throw Fault(description: "twice: \(series)")
        }
    }

    private static func checkLabels(_ text: Substring) throws(Fault) {
        guard !text.isEmpty else { return }
        let fault = Fault(description: "labels: \(text)")
        guard text.hasSuffix("}") else { throw fault }
        var rest = text.dropFirst().dropLast()
        var names: Set<Substring> = []
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "=" }
            guard isName(name), !name.contains(":"), names.insert(name).inserted else { throw fault }
            rest = rest.dropFirst(name.count)
            guard rest.hasPrefix("=\"") else { throw fault }
            rest = rest.dropFirst(2)
            while let next = rest.first, next != "\"" {
                rest = rest.dropFirst()
                if next == "\\" {
                    guard let escaped = rest.popFirst(), "\\\"n".contains(escaped) else { throw fault }
                }
            }
            guard rest.popFirst() == "\"" else { throw fault }
            if rest.isEmpty { return }
            guard rest.popFirst() == ",", !rest.isEmpty else { throw fault }
        }
    }

    /// Buckets rise, and the last of them is the count.
    private static func check(_ name: String, _ family: Family) throws(Fault) {
        var buckets: [String: [(edge: Double, count: Int)]] = [:]
        for (series, value) in family.samples where series.hasPrefix(name + "_bucket{") {
            guard let start = series.range(of: "le=\""), let count = Int(value) else {
                throw Fault(description: series)
            }
            let edge = series[start.upperBound...].prefix { $0 != "\"" }
            let rest = series[..<start.lowerBound].dropFirst((name + "_bucket{").count)
            let key = rest.isEmpty ? "" : "{" + rest.dropLast() + "}"
            buckets[key, default: []].append((edge == "+Inf" ? .infinity : Double(edge) ?? .nan, count))
        }
        for (key, steps) in buckets {
            let steps = steps.sorted { $0.edge < $1.edge }
            guard zip(steps, steps.dropFirst()).allSatisfy({ $0.count <= $1.count }), let last = steps.last,
                last.edge == .infinity, family.samples[name + "_count" + key] == String(last.count),
                family.samples[name + "_sum" + key] != nil
            else { throw Fault(description: "\(name)\(key) is no histogram") }
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        let isStart = { (byte: UInt8) in (97...122).contains(byte) || (65...90).contains(byte) || byte == 95 }
        return text.utf8.first.map(isStart) == true
            && text.utf8.allSatisfy { isStart($0) || (48...57).contains($0) }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}

extension String {
    fileprivate func trimming(_ ends: String...) -> String {
        for end in ends where hasSuffix(end) { return String(dropLast(end.count)) }
        return self
    }
}

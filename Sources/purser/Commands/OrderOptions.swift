import ArgumentParser
import ExactJSON
import Foundation

/// What to buy, as options or as a JSON body; what may be bought is the gateway's to judge.
struct OrderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A JSON body instead of the options below; - reads it from standard input.", valueName: "file"))
    var body: String?
    @Option(help: "residential, mobile, isp, ipv4 or ipv6.")
    var product: String?
    @Option(help: "A configured vendor's name, or auto.")
    var vendor: String?
    @Option(help: ArgumentHelp("Never buy above this many US dollars.", valueName: "amount"))
    var maxTotal: String?
    @Option(help: "How much traffic, in gigabytes.", transform: ArgumentForm.number)
    var gb: JSONNumber?
    @Option(help: "How many IPs.", transform: ArgumentForm.number)
    var quantity: JSONNumber?
    @Option(help: "How long to rent, in months.", transform: ArgumentForm.number)
    var months: JSONNumber?
    @Option(help: "How long to rent, in days.", transform: ArgumentForm.number)
    var days: JSONNumber?
    @Option(help: "An ISO 3166-1 code: us or USA.")
    var country: String?
    @Option(help: "A city, such as newyork.")
    var city: String?
    @Option(help: "The number of an autonomous system.", transform: ArgumentForm.number)
    var asn: JSONNumber?
    @Option(help: "What the proxies are for.")
    var goal: String?
    @Option(help: ArgumentHelp("The one address that may use them, instead of a login.", valueName: "ip"))
    var authIp: String?
    @Option(name: .customLong("protocol"), help: "http or socks, of IPv6.")
    var proxyProtocol: String?
    @Option(help: "Whose mobile network.")
    var mobileOperator: String?
    @Option(help: ArgumentHelp("How often a mobile IP changes.", valueName: "seconds"), transform: ArgumentForm.number)
    var rotationSeconds: JSONNumber?
    @Option(help: ArgumentHelp("A vendor's promo code.", valueName: "code"))
    var promoCode: String?
    @Option(help: ArgumentHelp("A sub-user of HeloData, sub_….", valueName: "id"))
    var subuser: String?
    @Flag(help: "Buy under --max-total although no price can be known before.")
    var allowUnknownPrice = false
    @Option(help: ArgumentHelp("A label of your own; may be repeated.", valueName: "name=value"), transform: Self.label)
    var metadata: [Label] = []

    /// A label of the caller's own.
    struct Label: Hashable {
        let name: String
        let value: String
    }

    /// The longest body that a gateway reads.
    private static let longestBody = 65_536

    func validate() throws {
        if body != nil {
            guard fields.isEmpty else { throw ValidationError("--body is the whole order; leave the other fields out") }
        } else if product == nil {
            throw ValidationError("say what to buy: --product, or --body with a JSON body")
        }
        guard Set(metadata.map(\.name)).count == metadata.count else {
            throw ValidationError("two values of --metadata have one name")
        }
    }

    /// The order as it is sent: the body as it was given, else the fields, their numbers digit for digit.
    /// - Throws: `CommandFailure` when the body cannot be read.
    func body(standardInput: FileHandle = .standardInput) throws(CommandFailure) -> [UInt8] {
        guard let body else { return JSON.object(fields).bytes }
        let bytes = try Self.read(body, standardInput)
        guard !bytes.isEmpty else { throw CommandFailure(ExitStatus.refused, "the order's body is empty") }
        guard bytes.count <= Self.longestBody else {
            throw CommandFailure(ExitStatus.refused, "an order's body has \(Self.longestBody) bytes at most")
        }
        return bytes
    }

    /// The members that were given, in the order of the API's documents.
    private var fields: [(String, JSON?)] {
        let all: [(String, JSON?)] = [
            ("product", product.map(JSON.string)), ("gb", gb.map(JSON.number)),
            ("quantity", quantity.map(JSON.number)), ("months", months.map(JSON.number)),
            ("days", days.map(JSON.number)), ("country", country.map(JSON.string)), ("city", city.map(JSON.string)),
            ("asn", asn.map(JSON.number)), ("subuser", subuser.map(JSON.string)), ("goal", goal.map(JSON.string)),
            ("auth", authIp.map { ["type": "ip", "ip": .string($0)] }),
            ("protocol", proxyProtocol.map(JSON.string)), ("mobile_operator", mobileOperator.map(JSON.string)),
            ("rotation_seconds", rotationSeconds.map(JSON.number)), ("promo_code", promoCode.map(JSON.string)),
            ("vendor", vendor.map(JSON.string)), ("max_total", maxTotal.map(JSON.string)),
            ("allow_unknown_price", allowUnknownPrice ? true : nil),
            ("metadata", metadata.isEmpty ? nil : .object(metadata.map { ($0.name, .string($0.value)) })),
        ]
        return all.filter { $0.1 != nil }
    }

    /// Reads one byte more than a body may have, so that too long a one is noticed.
    private static func read(_ path: String, _ standardInput: FileHandle) throws(CommandFailure) -> [UInt8] {
        do {
            let file = path == "-" ? standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            var bytes: [UInt8] = []
            while bytes.count <= longestBody, let part = try file.read(upToCount: longestBody + 1 - bytes.count),
                !part.isEmpty
            {
                bytes += part
            }
            return bytes
        } catch {
            throw CommandFailure(ExitStatus.refused, "the order's body cannot be read: \(error.localizedDescription)")
        }
    }

    @Sendable private static func label(_ text: String) throws -> Label {
        guard let equals = text.firstIndex(of: "=") else {
            throw ValidationError("expected a name and a value: team=crawl")
        }
        return Label(name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
    }
}

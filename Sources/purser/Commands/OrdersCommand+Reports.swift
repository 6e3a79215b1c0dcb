import ArgumentParser
import ExactJSON
import Foundation

extension OrdersCommand {
    /// `purser orders stats`.
    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add orders up: what was spent, what may have been, and how much was bought.",
            discussion: """
                \(GatewayOptions.text) \(OrderFilterOptions.text)

                  purser orders stats --by day,vendor --created-after 2026-05-01
                  purser orders stats --by month,client,metadata[team] --tz Europe/Berlin --csv > spend.csv

                A sold order whose total nobody told is counted as unpriced, and is in no sum; what an order whose outcome is \
                not known was quoted at stands apart, as maybe spent.

                \(ExitStatus.text)
                """)

        @Option(
            help: ArgumentHelp(
                "By what to tell them apart: day, month, vendor, product, client, country, status, metadata[name].",
                valueName: "groups"))
        var by: String?
        @Option(
            help: ArgumentHelp("Where days and months begin, such as Europe/Berlin. (default: UTC)", valueName: "zone"))
        var tz: String?
        @Flag(help: "Print a table for a spreadsheet.")
        var csv = false
        @OptionGroup var filters: OrderFilterOptions
        @OptionGroup var gateway: GatewayOptions

        func validate() throws {
            if csv, gateway.json { throw ValidationError("say --csv or --json, one of them") }
        }

        func run() async throws {
            try await reportingFailure {
                if csv {
                    try await gateway.access.withClient { client in
                        _ = try await client.download(call, as: "text/csv") { (bytes) throws(CommandFailure) in
                            try Terminal.output.tell(bytes)
                        }
                    }
                } else {
                    try await gateway.read(call) { answer, colours in
                        StatisticsTable(statistics: answer.json).text(colours: colours)
                    }
                }
            }
        }

        /// The call.
        var call: GatewayCall {
            GatewayCall(
                reading: "/orders/stats",
                [("group_by", by), ("tz", tz), ("format", csv ? "csv" : nil)] + filters.parameters)
        }
    }

    /// `purser orders export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all orders that match to a file, or to standard output.",
            discussion: """
                \(GatewayOptions.text) \(OrderFilterOptions.text)

                  purser orders export --created-after 2026-05-01 --output may.csv
                  purser orders export --format ndjson --status completed | jq .total

                A file is written as FILE.part and gets its name when it is whole. Where FILE.part is there, from an export that \
                was interrupted, --resume reads on behind its last order; what is read then is as it stands then. An export \
                that breaks off ends with 3.

                \(ExitStatus.text)
                """)

        /// The forms of an export.
        enum Format: String, ExpressibleByArgument, CaseIterable {
            case csv, ndjson
        }

        @Option(help: "csv or ndjson, an order on each line.")
        var format = Format.csv
        @Option(help: ArgumentHelp("Only these columns or members, with commas between.", valueName: "names"))
        var fields: String?
        @Option(help: ArgumentHelp("The file to write; it must not be there yet.", valueName: "file"))
        var output: String?
        @Flag(help: "Go on with what an interrupted export of the same orders left, by the same key.")
        var resume = false
        @OptionGroup var filters: OrderFilterOptions
        @OptionGroup var gateway: GatewayAccess

        func validate() throws {
            if resume, output == nil { throw ValidationError("--resume needs --output") }
            if output != nil, let fields, fields.split(separator: ",").first != "id" {
                throw ValidationError(
                    "the first of --fields has to be id where a file is written, so that it can be resumed")
            }
        }

        func run() async throws {
            try await reportingFailure {
                try await gateway.withClient { client in
                    guard let output else { return try await print(through: client) }
                    let file = try ExportFile(
                        output, format: format, question: question(by: client.keyID), resume: resume)
                    let progress = ExportProgress(of: try await total(client))
                    var call = call
                    if let last = file.lastOrder { call = self.call(before: last) }
                    progress.advance(by: file.orders)
                    do {
                        _ = try await client.download(call, as: media) { (bytes) throws(CommandFailure) in
                            progress.advance(by: try file.write(bytes))
                        }
                    } catch {
                        progress.end()
                        throw file.interrupted(by: error)
                    }
                    progress.end()
                    try file.finish()
                    Terminal.error.report("\(file.orders) orders in \(output)")
                }
            }
        }

        private func print(through client: GatewayClient) async throws {
            _ = try await client.download(call, as: media) { (bytes) throws(CommandFailure) in
                try Terminal.output.tell(bytes)
            }
        }

        /// How many orders there are to write, for the progress alone; nil when that cannot be learned.
        private func total(_ client: GatewayClient) async throws(CommandFailure) -> Int? {
            guard Terminal.error.isTerminal else { return nil }
            let answer = try await client.call("GET", GatewayCall(reading: "/orders/stats", filters.parameters).path)
            let totals = answer.json["totals"]?.array ?? []
            return answer.isGood ? totals.compactMap { $0["orders"]?.int }.reduce(0, +) : nil
        }

        private var media: String { format == .csv ? "text/csv" : "application/x-ndjson" }
        private var parameters: [(name: String, value: String?)] {
            [("format", format.rawValue), ("fields", fields)] + filters.parameters
        }

        /// What is asked and by which key, so that a resumed export asks the same of the same gateway and sees the same
        /// orders.
        func question(by key: String?) -> String {
            GatewayCall(reading: "/orders", parameters).path + "\n" + (key ?? "")
        }
        /// The call.
        var call: GatewayCall { call(before: nil) }

        private func call(before order: String?) -> GatewayCall {
            GatewayCall(reading: "/orders", parameters + [("before", order)], limit: .seconds(86_400))
        }
    }
}

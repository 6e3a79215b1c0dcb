import ArgumentParser

/// In which form proxies are listed, and the printing of the list as it comes.
struct ProxyListOptions: ParsableArguments {
    /// What the help of each command that lists proxies says about it.
    static let text = """
        The list is printed as it comes, credentials and all, and is kept nowhere. One that breaks off ends the command \
        with 3 and a message: what was printed by then is not the whole list.
        """

    /// The forms of a list.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case plain, csv, json, uri

        fileprivate var media: String {
            switch self {
            case .plain: "text/plain"
            case .csv: "text/csv"
            case .json: "application/json"
            case .uri: "text/uri-list"
            }
        }

        /// How many proxies so many lines are; nil where lines say nothing.
        fileprivate func proxies(inLines lines: Int) -> Int? {
            switch self {
            case .plain, .uri: lines
            case .csv: lines - 1
            case .json: nil
            }
        }
    }

    @Option(help: "plain (ip:port:user:password), csv, json or uri (scheme://user:password@ip:port).")
    var format = Format.plain
    @Option(
        name: .customLong("protocol"), help: ArgumentHelp("http or socks5, of plain and uri.", valueName: "protocol"))
    var proxyProtocol: String?
    @Flag(help: "Take what is there so far of an order that is not all there yet.")
    var partial = false

    /// Prints a list.
    /// - Throws: `CommandFailure` when the list is refused, breaks off, or is not taken by standard output.
    func print(_ path: String, through access: GatewayAccess) async throws {
        let call = GatewayCall(
            reading: path,
            [("format", format.rawValue), ("protocol", proxyProtocol), ("partial", partial ? "true" : nil)],
            limit: .seconds(3600))
        try await access.withClient { client in
            var shown = Terminal.output.isTerminal ? ShownBytes() : nil
            var lines = 0
            let ordered = try await client.download(call, as: format.media) { (bytes) throws(CommandFailure) in
                lines += bytes.count { $0 == 0x0A }
                if let text = shown?.take(bytes) {
                    try Terminal.output.tell(text)
                } else {
                    try Terminal.output.tell(bytes)
                }
            }
            if format == .json { try Terminal.output.tell("\n") }
            if let ordered, let count = format.proxies(inLines: lines), count != ordered {
                Terminal.error.report("proxies in the list: \(count); ordered: \(ordered)")
            }
        }
    }
}

import Purchasing

/// Which column of a batch's download tells what, by the names of its first row (/products/overview-2/proxy-list-format:
/// `ip,port,user,pass,country,city,asn`). The page documents the dashboard's download, so other orders of the columns, other
/// spellings and further columns are taken. Of a name only its letters count, so a byte-order mark does no harm.
struct HeloDataProxyColumns {
    private let ip: Int
    private let port: Int
    private let user: Int
    private let password: Int
    private let country: Int?
    private let city: Int?
    private let asn: Int?
    private let count: Int

    /// Nil when a column is missing without which no proxy can be used, or when it is not clear which one it is.
    init?(_ names: [String]) {
        let names = names.map { name in name.lowercased().filter { $0.isLetter } }
        var isClear = true
        let column = { (spellings: String...) -> Int? in
            let found = names.indices.filter { spellings.contains(names[$0]) }
            if found.count > 1 { isClear = false }
            return found.first
        }
        guard let ip = column("ip", "ipaddress", "address", "host"), let port = column("port"),
            let user = column("user", "username", "login"), let password = column("pass", "password")
        else { return nil }
        self.ip = ip
        self.port = port
        self.user = user
        self.password = password
        country = column("country", "countrycode")
        city = column("city")
        asn = column("asn")
        count = names.count
        guard isClear else { return nil }
    }

    /// The proxy of a row; nil when the row cannot be read as one: each has a login. One port speaks HTTP, HTTPS and SOCKS5
    /// (/products/overview-2/proxy-list-format).
    func proxy(_ row: [String]) -> BoughtProxy? {
        guard row.count == count, let port = Self.number(row[port]), !row[user].isEmpty else { return nil }
        return BoughtProxy(
            ip: row[ip], httpPort: port, socks5Port: port, user: row[user], password: row[password],
            country: country.flatMap { Country(row[$0]) }, city: city.map { row[$0] },
            asn: asn.flatMap { Self.number(row[$0]) })
    }

    private static func number(_ text: String) -> Int? {
        guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}

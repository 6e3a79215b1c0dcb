/// `GET /isp/batches/{id}/ips` in the forms of `/products/overview-2/proxy-list-format`.
///
/// That the API gives the bytes of the dashboard's downloads, and `plain` when nothing is asked for, is assumed.
struct HeloDataIPList {
    let batch: HeloDataBatch
    /// How many of the addresses are there; the others are not ready.
    let count: Int

    func answer(format: String?) throws(HeloDataRefusal) -> SandboxAnswer {
        switch format {
        case nil, "plain"?: return .text(plain, type: "text/plain")
        case "csv"?: return .text(csv, type: "text/csv")
        case "json"?: return .json(json)
        default: throw .invalid("format must be plain, csv or json")
        }
    }

    private var plain: String {
        rows.map { "\($0.address):8000:\(user):\(password)\n" }.joined()
    }

    private var csv: String {
        let lines = rows.map { row in
            "\(row.address),8000,\(user),\(password),\(row.place.country.uppercased()),\(row.place.cityName),\(row.place.asn)\n"
        }
        return "ip,port,user,pass,country,city,asn\n" + lines.joined()
    }

    private var json: SandboxJSON {
        .array(
            rows.map { row in
                [
                    "ip": .string(row.address), "port": 8000, "user": .string(user), "pass": .string(password),
                    "country": .string(row.place.country.uppercased()), "city": .string(row.place.cityName),
                    "asn": .integer(row.place.asn),
                ]
            })
    }

    private var rows: [(address: String, place: HeloDataStock)] {
        let places = batch.shares.flatMap { Array(repeating: $0.place, count: $0.count) }
        return places.prefix(count).enumerated().map { index, place in
            (SandboxIDs.address(batch.firstAddress + index, upperHalf: false), place)
        }
    }

    /// `helo_` and the sub-user's name; both user and password are the whole batch's.
    private var user: String {
        "helo_" + (batch.order.subuser.map { "s" + $0.dropFirst(4).suffix(10).lowercased() } ?? "s1a2b3c4d5e")
    }

    private var password: String {
        "Mz4y" + batch.id.suffix(4)
    }
}

/// `GET /isp/batches/{id}/ips` in the forms of `/products/overview-2/proxy-list-format`.
///
/// That the API gives the bytes of the dashboard's downloads, and `plain` when nothing is asked for, is assumed.
struct HeloDataIPList {
    let batch: HeloDataBatch
    /// The addresses that are there.
    let ips: [HeloDataIP]
    let state: HeloDataState

    func answer(format: String?) throws(HeloDataRefusal) -> SandboxAnswer {
        switch format {
        case nil, "plain"?: return .text(plain, type: "text/plain")
        case "csv"?: return .text(csv, type: "text/csv")
        case "json"?: return .json(json)
        default: throw .invalid("format must be plain, csv or json")
        }
    }

    private var plain: String {
        rows.map { "\($0.address):8000:\(batch.user):\(batch.password)\n" }.joined()
    }

    private var csv: String {
        let lines = rows.map { row in
            "\(row.address),8000,\(batch.user),\(batch.password),\(row.place.country.uppercased()),\(row.place.cityName),\(row.place.asn)\n"
        }
        return "ip,port,user,pass,country,city,asn\n" + lines.joined()
    }

    /// The sample ends after `asn`; that an id follows, and its name, is a setting.
    private var json: SandboxJSON {
        let idName = state.settings.ipIdField
        return .array(
            rows.map { row in
                var object = JSONObject()
                object.add("ip", .string(row.address))
                object.add("port", 8000)
                object.add("user", .string(batch.user))
                object.add("pass", .string(batch.password))
                object.add("country", .string(row.place.country.uppercased()))
                object.add("city", .string(row.place.cityName))
                object.add("asn", .integer(row.place.asn))
                if !idName.isEmpty { object.add(idName, .string(row.id)) }
                return object.json
            })
    }

    private var rows: [(address: String, id: String, place: HeloDataStock)] {
        ips.map { ip in
            (SandboxIDs.address(ip.number, upperHalf: false), state.ipID(ip.number), batch.place(of: ip))
        }
    }
}

extension HeloDataBatch {
    /// `helo_` and the sub-user's name; both user and password are the whole batch's.
    var user: String {
        "helo_" + (order.subuser.map { "s" + $0.dropFirst(4).suffix(10).lowercased() } ?? "s1a2b3c4d5e")
    }

    /// The password that the last rotation has left.
    var password: String {
        "Mz4y" + id.suffix(4) + (passwordNumber == 0 ? "" : "r\(passwordNumber)")
    }
}

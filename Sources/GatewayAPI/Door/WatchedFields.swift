import NIOHTTP1

/// The fields of a head that the front door judges, gathered in one pass, each with the number of times that it came.
struct WatchedFields {
    /// A field's first value and how often the field came.
    struct Field: Equatable {
        private(set) var count = 0
        private(set) var value = ""

        mutating func add(_ value: String) {
            if self.count == 0 { self.value = value }
            self.count += 1
        }
    }

    private(set) var authorization = Field()
    private(set) var contentEncoding = Field()
    private(set) var contentLength = Field()
    private(set) var contentType = Field()
    private(set) var expect = Field()
    private(set) var headMark = Field()
    private(set) var host = Field()
    private(set) var idempotencyKey = Field()
    private(set) var requestID = Field()
    private(set) var transferEncoding = Field()
    private(set) var upgrade = Field()

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            self.note(name, value)
        }
    }

    /// The length tells most names apart, so that a field which is not watched costs one comparison.
    private mutating func note(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where name.isSame(as: "host"): self.host.add(value)
        case 6 where name.isSame(as: "expect"): self.expect.add(value)
        case 7 where name.isSame(as: "upgrade"): self.upgrade.add(value)
        case 12 where name.isSame(as: "content-type"): self.contentType.add(value)
        case 12 where name.isSame(as: "x-request-id"): self.requestID.add(value)
        case 13 where name.isSame(as: "authorization"): self.authorization.add(value)
        case 13 where name.isSame(as: "x-purser-head"): self.headMark.add(value)
        case 14 where name.isSame(as: "content-length"): self.contentLength.add(value)
        case 15 where name.isSame(as: "idempotency-key"): self.idempotencyKey.add(value)
        case 16 where name.isSame(as: "content-encoding"): self.contentEncoding.add(value)
        case 17 where name.isSame(as: "transfer-encoding"): self.transferEncoding.add(value)
        default: break
        }
    }
}

extension String {
    /// Whether the two are the same but for the case of ASCII letters.
    func isSame(as lowercase: StaticString) -> Bool {
        guard self.utf8.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            var index = 0
            for byte in self.utf8 {
                let folded = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
                guard folded == expected[index] else { return false }
                index += 1
            }
            return true
        }
    }

    /// Whether every byte is visible ASCII.
    var isVisibleASCII: Bool { self.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

    /// Whether every byte is visible ASCII, a space or a tab. Bytes that were not UTF-8 have become U+FFFD by now.
    var isPlainFieldValue: Bool { self.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 } }
}

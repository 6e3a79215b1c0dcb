import Crypto
import Foundation
import Purchasing

/// Where a page of batches ended, and a seal over that and the filter, as `HistoryCursor` has them.
struct BatchCursor {
    let place: BatchPlace

    init(after place: BatchPlace) { self.place = place }

    /// Reads a cursor; nil when it was not made for this filter.
    init?(_ text: String, vendor: String?) {
        guard let bytes = Data(base64URL: text, atMost: 512), bytes.count > Self.sealLength else { return nil }
        let parts = bytes.dropFirst(Self.sealLength).split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        place = BatchPlace(
            vendor: String(decoding: parts[0], as: UTF8.self), id: String(decoding: parts[1], as: UTF8.self))
        guard Self.seal(place, vendor) == Array(bytes.prefix(Self.sealLength)) else { return nil }
    }

    /// The cursor as callers carry it.
    func text(vendor: String?) -> String {
        (Data(Self.seal(place, vendor)) + Data((place.vendor + "\0" + place.id).utf8)).base64URL
    }

    private static let sealLength = 16

    private static func seal(_ place: BatchPlace, _ vendor: String?) -> [UInt8] {
        let key = SymmetricKey(data: Array("purser batch cursor 1".utf8))
        let words = [place.vendor, place.id, vendor ?? ""].joined(separator: "\0")
        return Array(HMAC<SHA256>.authenticationCode(for: Array(words.utf8), using: key).prefix(sealLength))
    }
}

import Foundation
import VendorHTTP
import Yams

extension SettingForm<String> {
    /// A vendor's address. A key must not travel in clear text, so `http` is for this machine only.
    static let baseURL = Self("an https URL without query", write: { $0 }) { (node: Node) throws(Complaint) in
        guard let text = node.text else { throw Complaint("expected an https URL without query") }
        do throws(InvalidVendorSettings) {
            _ = try VendorAddress(text)
        } catch {
            throw Complaint("expected \(error.detail)")
        }
        guard text.hasPrefix("https://") || isLoopback(text) else {
            throw Complaint("http is for this machine only (localhost, 127.0.0.1, [::1]); use https")
        }
        return text
    }

    private static func isLoopback(_ text: String) -> Bool {
        guard let host = URLComponents(string: text)?.host?.lowercased() else { return false }
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}

/// Where a secret is, as the configuration file says it.
enum SecretReference: Sendable, Hashable {
    case environment(String)
    case file(String)
}

extension SettingForm<SecretReference> {
    /// `{ env: NAME }` or `{ file: PATH }`. No complaint repeats what is written there: it may be the secret itself.
    static let secret = Self("{ env: NAME } or { file: PATH }", write: { _ in "" }) { (node: Node) throws(Complaint) in
        guard case .mapping(let mapping) = node, mapping.count == 1, let (key, value) = mapping.first,
            let word = key.text, let place = value.text, !place.isEmpty, ["env", "file"].contains(word)
        else { throw Complaint("by environment variable or file only: { env: NAME } or { file: PATH }") }
        guard word == "env" else { return .file(place) }
        guard place.utf8.count <= 128, place.utf8.allSatisfy(isPartOfName), place.first?.isNumber == false else {
            throw Complaint("expected the name of an environment variable: capital letters, digits and _")
        }
        return .environment(place)
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
}

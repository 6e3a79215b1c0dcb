/// An address, or a network of them, that may use IPs without a password.
public enum AllowedAddress {
    /// The normal text form of an IPv4 or IPv6 address, or of a network of them such as `203.0.113.0/24`.
    /// - Returns: nil for anything else: host names, zones, a prefix that is too long or has leading zeros, a network whose
    ///   address has bits behind its prefix.
    public static func normalForm(of text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress.normalForm(of: String($0)) }) else { return nil }
        if parts.count == 1 { return address }
        guard parts.count == 2, let bytes = IPAddress.bytes(of: address), let length = prefix(parts[1], bytes.count * 8)
        else { return nil }
        let isNetwork = bytes.enumerated().allSatisfy { index, byte in
            byte & (UInt8.max >> UInt8(max(0, min(8, length - index * 8)))) == 0
        }
        return isNetwork ? "\(address)/\(length)" : nil
    }

    private static func prefix(_ digits: Substring, _ longest: Int) -> Int? {
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            digits == "0" || !digits.hasPrefix("0"), let length = Int(digits), length <= longest
        else { return nil }
        return length
    }
}

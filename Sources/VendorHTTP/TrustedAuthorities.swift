import NIOSSL

/// Who may vouch for a vendor's certificate besides the system's authorities: a company's own, where a proxy that looks into
/// TLS stands between. Whoever it is, the certificate must be for the host of the vendor's address and in force.
public struct TrustedAuthorities: Sendable {
    private let certificates: [NIOSSLCertificate]

    /// - Parameter file: the path of a file with one certificate or more, in PEM.
    /// - Throws: `InvalidVendorSettings` when the file cannot be read, or has none.
    public init(file: String) throws(InvalidVendorSettings) {
        do { certificates = try NIOSSLCertificate.fromPEMFile(file) } catch {
            throw InvalidVendorSettings("ca_file", "the file \(file) cannot be read, or is no certificate in PEM")
        }
        guard !certificates.isEmpty else {
            throw InvalidVendorSettings("ca_file", "the file \(file) has no certificate")
        }
    }

    /// TLS as it is by default, with these beside the system's.
    var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.additionalTrustRoots = [.certificates(certificates)]
        return configuration
    }
}

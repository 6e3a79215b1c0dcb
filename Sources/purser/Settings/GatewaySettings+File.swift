import Foundation
import Yams

extension GatewaySettings {
    /// A configuration is a page or two; a longer file is none.
    private static let longestFile = 1 << 20

    /// Reads the configuration file.
    /// - Parameters:
    ///   - environment: the variables that `api_key: { env: … }` looks in.
    ///   - readsSecrets: whether the vendors' keys are read; without them no vendor can be called.
    /// - Throws: `SettingsError` with every fault.
    init(
        file: String, environment: [String: String] = ProcessInfo.processInfo.environment, readsSecrets: Bool = true
    ) throws(SettingsError) {
        let bytes: [UInt8]
        do throws(FileReadingError) {
            bytes = try FileReading.contents(of: file, limit: Self.longestFile)
        } catch {
            throw SettingsError(
                file: file, faults: [.init(line: nil, path: "", text: "cannot be read: \(error.reason)")])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(file: file, faults: [.init(line: nil, path: "", text: "is not UTF-8 text")])
        }
        let directory = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try self.init(yaml: text, file: file, directory: directory, environment: readsSecrets ? environment : nil)
    }

    /// Reads a configuration from its text.
    /// - Parameters:
    ///   - file: how faults name the file.
    ///   - directory: where relative paths start; empty leaves them as they are.
    ///   - environment: the variables that secrets are looked for in; nil reads no secrets.
    init(
        yaml: String, file: String, directory: String = "", environment: [String: String]?
    ) throws(SettingsError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw SettingsError(file: file, faults: Self.faults(error))
        }
        if let root, root.mapping == nil, !root.isEmpty {
            let fault = SettingsFault(line: root.mark?.line, path: "", text: "expected a mapping of keys to values")
            throw SettingsError(file: file, faults: [fault])
        }
        let faults = SettingsFaults()
        let settings = SettingsReading(faults: faults, directory: directory, environment: environment).settings(root)
        guard faults.all.isEmpty else { throw SettingsError(file: file, faults: faults.all) }
        self = settings
        warnings = warnings.map { "\(file):\($0)" }
    }

    /// What YAML itself cannot read.
    private static func faults(_ error: any Error) -> [SettingsFault] {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            [SettingsFault(line: mark.line, path: "", text: "not YAML: \(problem)")]
        case .duplicatedKeysInMapping(let keys, let context):
            keys.map { SettingsFault(line: context.mark.line, path: $0.terminalText(limit: 64), text: "stands twice") }
        case .reader(let problem, _, _, _):
            [SettingsFault(line: nil, path: "", text: "not YAML: \(problem)")]
        default:
            [SettingsFault(line: nil, path: "", text: "not YAML")]
        }
    }
}

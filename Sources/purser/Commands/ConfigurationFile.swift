import ArgumentParser
import Logging

/// The option that names the configuration file.
struct ConfigurationFile: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "purser.yaml"

    /// The settings in the file.
    /// - Parameter secrets: whether the vendors' keys are read; a command that calls no vendor needs none.
    /// - Throws: `SettingsError` with every fault.
    func settings(secrets: Bool = true) throws(SettingsError) -> GatewaySettings {
        try GatewaySettings(file: config, readsSecrets: secrets)
    }
}

extension Logger {
    /// Makes loggers write to standard error from here on. To be called once.
    /// - Returns: the program's own logger, and what writes everything that is logged to the end.
    static func begin(_ settings: GatewaySettings.Log) -> (logger: Logger, flush: @Sendable () -> Void) {
        let output = StandardErrorLogHandler.Output.standardError(settings.format)
        LoggingSystem.bootstrap { _ in StandardErrorLogHandler(output: output, level: settings.level) }
        return (Logger(label: "purser"), { output.queue.flush() })
    }
}

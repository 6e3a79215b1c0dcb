import ArgumentParser

/// How the program ends, the same for every command.
enum ExitStatus {
    /// The thing asked for failed.
    static let failure = ExitCode(1)
    /// The configuration, the database or the address was refused; nothing was started.
    static let refused = ExitCode(2)

    /// The list that each command's help ends with.
    static let text = """
        Exit status: 0 when all went well, 1 when the thing asked for failed, 2 when the configuration, the database or \
        the address to listen on was refused, 64 when the command line cannot be understood.
        """
}

/// Why a command ends: told on standard error in one line, or one for each fault.
struct CommandFailure: Error {
    let status: ExitCode
    let text: String

    init(_ status: ExitCode, _ text: String) {
        self.status = status
        self.text = text
    }
}

/// Runs a command's work and turns its failure into words on standard error and an exit status.
func reportingFailure(_ work: () async throws -> Void) async throws {
    do {
        try await work()
    } catch let failure as CommandFailure {
        Terminal.error.write(failure.text.split(separator: "\n").map { "purser: \($0)\n" }.joined())
        throw failure.status
    } catch let error as SettingsError {
        Terminal.error.write("\(error)\n")
        throw ExitStatus.refused
    } catch let refusal as GatewayRefusal {
        Terminal.error.write("purser: \(refusal)\n")
        throw ExitStatus.refused
    } catch let breakdown as GatewayBreakdown {
        Terminal.error.write("purser: \(breakdown)\n")
        throw ExitStatus.failure
    }
}

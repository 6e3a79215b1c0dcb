import ArgumentParser

/// How the program ends, the same for every command.
enum ExitStatus {
    /// The thing asked for failed; of a purchase or an action: nothing was done.
    static let failure = ExitCode(1)
    /// The configuration, the database, the address or the key was refused, or a question not answered with yes; nothing was
    /// started or sent.
    static let refused = ExitCode(2)
    /// The gateway cannot be reached, or what it answers cannot be read; of a purchase or an action: nothing was sent.
    static let unreachable = ExitCode(3)
    /// It is not known, or not yet, whether an order was bought or an action done.
    static let unsettled = ExitCode(4)

    /// How a command ends that a signal stopped, as a shell would say it.
    static func stopped(by signal: Int32) -> ExitCode { ExitCode(128 + signal) }

    /// The list that each command's help ends with.
    static let text = """
        Exit status: 0 when all went well, 1 when the thing asked for failed, 2 when the configuration, the database, \
        the address or the key was refused, or a question not answered with yes, and nothing was started or sent, 3 when \
        the gateway cannot be reached or gives no answer that can be read, 4 when it is not known, or not yet, whether \
        an order was bought or an action done, 64 when the command line cannot be understood.
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
        Terminal.error.report(failure.text)
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

import Foundation

/// What holds for the process as a whole, whichever command it runs.
enum ProcessRules {
    /// Applies the rules. To be called first thing, while the process has one thread.
    static func apply() {
        takeStandardStreams()
        // A reader that goes away is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // Whatever is made is for this user alone, from its first moment on.
        umask(0o077)
        // A core file would hold the vendors' keys.
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    /// A standard stream that was closed must not be the number of the next file or connection that is opened, or log
    /// lines would be written there. What stands in can only be read, so that a write fails as it would have.
    private static func takeStandardStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest number that is free is the one that is looked at.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}

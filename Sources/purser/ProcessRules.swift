import Foundation

/// What holds for the process as a whole, whichever command it runs.
enum ProcessRules {
    /// Applies the rules. To be called first thing, while the process has one thread.
    static func apply() {
        // A reader that goes away is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // Whatever is made is for this user alone, from its first moment on.
        umask(0o077)
        // A core file would hold the vendors' keys.
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }
}

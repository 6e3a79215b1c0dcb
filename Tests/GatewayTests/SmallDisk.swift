import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A file system of a few megabytes that only one gateway sees, in place of its folder: filled and emptied from outside.
struct SmallDisk {
    let place: Place

    /// Whether this machine lets a process have a file system of its own: it may always where it is run by root, and
    /// otherwise where users may have namespaces.
    static let canBeMade: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = [namespaces, "/bin/sh", "-c", "mount -t tmpfs -o size=64k tmpfs /tmp"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private static let namespaces = geteuid() == 0 ? "-m" : "-rm"

    /// What starts a program that has the file system where its folder was, with what was in it.
    var launcher: [String] {
        let script = """
            set -e
            mkdir "$0/disk"
            mount -t tmpfs -o size=8m,mode=0700 tmpfs "$0/disk"
            cp -p "$0"/purser.* "$0/disk/"
            mount --bind "$0/disk" "$0"
            exec "$@"
            """
        return ["/usr/bin/unshare", Self.namespaces, "/bin/sh", "-c", script, place.folder]
    }

    /// Takes every byte that is free.
    func fill(_ gateway: GatewayProcess) {
        let file = open(filler(gateway), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let zeros = [UInt8](repeating: 0, count: 65_536)
        for size in [65_536, 4096, 1] { while write(file, zeros, size) > 0 {} }
    }

    /// Gives everything back that `fill` took.
    func empty(_ gateway: GatewayProcess) {
        unlink(filler(gateway))
    }

    /// Takes the space that the gateway keeps for outcomes, and leaves the file that stands for it.
    func takeReserve(_ gateway: GatewayProcess) {
        truncate("/proc/\(gateway.id)/root\(place.folder)/purser.db.reserve", 0)
        fill(gateway)
    }

    private func filler(_ gateway: GatewayProcess) -> String { "/proc/\(gateway.id)/root\(place.folder)/filler" }
}

import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One connection of a `ScriptedServer`, served by a thread of its own.
struct ScriptedConnection {
    private let descriptor: Int32

    #if canImport(Glibc)
        private static let noSignal = Int32(MSG_NOSIGNAL)
        /// `POLLRDHUP`, which Glibc's module leaves out.
        private static let clientWent: Int16 = 0x2000
    #else
        private static let noSignal: Int32 = 0
        private static let clientWent = Int16(POLLHUP)
    #endif

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Does what it is told.
    /// - Returns: whether the connection may carry another request.
    func perform(_ act: ScriptedServer.Act) -> Bool {
        switch act {
        case .answer(let bytes):
            if write(bytes) { closeInPeace() }
        case .answerAndKeep(let bytes): return write(bytes)
        case .answerAndHang(let bytes):
            if write(bytes) { waitUntilClientGoes() }
        case .answerAndReset(let bytes):
            _ = write(bytes)
            resetOnClose()
        case .flood(let first, let again):
            if write(first) { while write(again) {} }
        case .drip(let bytes):
            for byte in bytes where !isClientGone(afterMilliseconds: 20) { guard write([byte]) else { break } }
        }
        return false
    }

    /// Reads up to the end of one request; nil when the client went away before.
    func readRequest() -> ScriptedServer.Request? {
        var bytes: [UInt8] = []
        let headEnd = Array("\r\n\r\n".utf8)
        while true {
            if let end = bytes.firstRange(of: headEnd) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let request = Self.request(head, body: Array(bytes[end.upperBound...]))
                if request.body.count >= Int(request.headers["content-length"] ?? "0") ?? 0 { return request }
            }
            guard let more = readSome() else { return nil }
            bytes += more
        }
    }

    private static func request(_ head: String, body: [UInt8]) -> ScriptedServer.Request {
        let lines = head.components(separatedBy: "\r\n")
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return ScriptedServer.Request(
            method: words.first ?? "", target: words.count > 1 ? words[1] : "", headers: headers, body: body)
    }

    private func readSome() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(descriptor, buffer.baseAddress.map { $0 + start }, bytes.count - start, Self.noSignal)
            }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    /// Ends the sending side, and waits for the client to end its own, so that the kernel sends no reset.
    private func closeInPeace() {
        shutdown(descriptor, Int32(SHUT_WR))
        while readSome() != nil {}
    }

    private func waitUntilClientGoes() { _ = isClientGone(afterMilliseconds: 10_000) }

    private func isClientGone(afterMilliseconds timeout: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: Self.clientWent, revents: 0)
        return poll(&watched, 1, timeout) != 0
    }

    /// Makes `close` send a reset.
    private func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

import Hummingbird

/// The calls that change what was bought (`/api-reference/orders`, `/api-reference/whitelists`).
extension HeloDataSandbox {
    func addActions(to v1: RouterGroup<SandboxContext>, desk: CallDesk) {
        let batch = v1.group("isp/batches/:id")
        batch.post("refresh") { try await desk.serve(.refresh, $0, $1, process: self.refresh) }
        batch.post("renew") { try await desk.serve(.renew, $0, $1, process: self.renew) }
        batch.post("rotate-password") { try await desk.serve(.rotatePassword, $0, $1, process: self.rotatePassword) }
        batch.delete { try await desk.serve(.release, $0, $1, process: self.release) }
        batch.get("whitelist") { try await desk.serve(.whitelist, $0, $1, process: self.whitelist) }
        batch.post("whitelist") { try await desk.serve(.whitelistAdd, $0, $1, process: self.addToWhitelist) }
        batch.delete("whitelist/:entry") {
            try await desk.serve(.whitelistRemove, $0, $1, process: self.removeFromWhitelist)
        }
        v1.post("isp/ips/:id/replace") { try await desk.serve(.replace, $0, $1, process: self.replace) }
    }

    private func refresh(_ received: ReceivedCall) -> SandboxAnswer {
        change(received) { state, id, now throws(HeloDataRefusal) in
            try state.refresh(id, in: received.exchange, at: now)
        }
    }

    private func renew(_ received: ReceivedCall) -> SandboxAnswer {
        change(received) { state, id, now throws(HeloDataRefusal) in
            try state.renew(id, HeloDataState.json(received.body), in: received.exchange, at: now)
        }
    }

    private func rotatePassword(_ received: ReceivedCall) -> SandboxAnswer {
        change(received) { state, id, now throws(HeloDataRefusal) in
            try state.rotatePassword(of: id, in: received.exchange, at: now)
        }
    }

    private func release(_ received: ReceivedCall) -> SandboxAnswer {
        change(received) { state, id, now throws(HeloDataRefusal) in
            try state.release(id, in: received.exchange, at: now)
        }
    }

    private func replace(_ received: ReceivedCall) -> SandboxAnswer {
        change(received) { state, id, now throws(HeloDataRefusal) in
            let body = try received.body.isEmpty ? nil : HeloDataState.json(received.body)
            return try state.replace(id, body, in: received.exchange, at: now)
        }
    }

    private func whitelist(_ received: ReceivedCall) -> SandboxAnswer {
        answer(received) { state, now throws(HeloDataRefusal) in
            try state.whitelist(of: received.path("id"), at: now)
        }
    }

    private func addToWhitelist(_ received: ReceivedCall) -> SandboxAnswer {
        change(received) { state, id, now throws(HeloDataRefusal) in
            try state.addToWhitelist(of: id, HeloDataState.json(received.body), in: received.exchange, at: now)
        }
    }

    private func removeFromWhitelist(_ received: ReceivedCall) -> SandboxAnswer {
        change(received) { state, id, now throws(HeloDataRefusal) in
            try state.removeFromWhitelist(of: id, entry: received.path("entry"), in: received.exchange, at: now)
        }
    }

    /// A change of what the path names, past the gate and the key.
    private func change(
        _ received: ReceivedCall,
        _ act: (inout HeloDataState, String, SandboxTime) throws(HeloDataRefusal) -> SandboxAnswer
    ) -> SandboxAnswer {
        let id = received.path("id")
        return answer(received) { state, now throws(HeloDataRefusal) in
            try state.once(received, target: id + received.path("entry")) { state throws(HeloDataRefusal) in
                try act(&state, id, now)
            }
        }
    }
}

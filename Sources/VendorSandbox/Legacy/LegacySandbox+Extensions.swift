import Hummingbird

/// The calls that extend what was bought (`/api-reference/extend`, `/api-reference/auto-extend`).
extension LegacySandbox {
    func addExtensions(to api: RouterGroup<SandboxContext>, desk: CallDesk) {
        api.post("calculate/extend") { request, context in
            try await desk.serve(.calculateExtend, request, context) { self.calculate($0, .addresses) }
        }
        api.post("calculate/extend/order") { request, context in
            try await desk.serve(.calculateExtendOrder, request, context) { self.calculate($0, .orders) }
        }
        api.post("extend") { request, context in
            try await desk.serve(.extend, request, context) { self.extend($0, .addresses) }
        }
        api.post("extend/order") { request, context in
            try await desk.serve(.extendOrder, request, context) { self.extend($0, .orders) }
        }
        api.post("extend/auto") { request, context in
            try await desk.serve(.autoExtend, request, context) { self.autoExtend($0, .addresses) }
        }
        api.post("extend/order/auto") { request, context in
            try await desk.serve(.autoExtendOrder, request, context) { self.autoExtend($0, .orders) }
        }
    }

    private func calculate(_ received: ReceivedCall, _ naming: LegacyExtension.Naming) -> SandboxAnswer {
        answer(received) { state, now throws(LegacyRefusal) in
            state.calculated(try state.extension(received.legacyBody(), naming: naming, at: now))
        }
    }

    private func extend(_ received: ReceivedCall, _ naming: LegacyExtension.Naming) -> SandboxAnswer {
        answer(received) { state, now throws(LegacyRefusal) in
            let wanted = try state.extension(received.legacyBody(), naming: naming, at: now)
            try state.extend(wanted, in: received.exchange, at: now)
            return state.extended(wanted)
        }
    }

    private func autoExtend(_ received: ReceivedCall, _ naming: LegacyExtension.Naming) -> SandboxAnswer {
        answer(received) { state, now throws(LegacyRefusal) in
            let body = try received.legacyBody()
            let wanted = try state.extension(body, naming: naming, at: now)
            // What a body without it gives is not documented.
            guard let isOn = body["autoExtend"]?.bool else { throw .unknown }
            state.setAutoExtension(wanted, to: isOn, in: received.exchange, at: now)
            return state.autoExtensionSet(wanted)
        }
    }
}

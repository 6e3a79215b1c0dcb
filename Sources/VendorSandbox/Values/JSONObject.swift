/// Builds an object member by member and leaves out what is nil.
struct JSONObject {
    private var members: [SandboxJSON.Member] = []

    var json: SandboxJSON { .object(members) }

    mutating func add(_ name: String, _ value: SandboxJSON) {
        members.append(.init(name, value))
    }

    mutating func add(_ name: String, _ text: String?) {
        if let text { add(name, .string(text)) }
    }

    mutating func add(_ name: String, _ number: Int?) {
        if let number { add(name, .integer(number)) }
    }
}

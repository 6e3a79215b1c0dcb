import Yams

/// A fault of the configuration: where, which key, and what is wrong.
struct SettingsFault: Hashable {
    /// The line, counting from 1; nil where something is missing as a whole.
    let line: Int?
    /// The key with its sections: `vendors.helodata.timeout`; empty for the file as a whole.
    let path: String
    let text: String
}

/// Everything that is found wrong while a file is read; reading goes on after each fault, so that all are told at once.
final class SettingsFaults {
    private(set) var all: [SettingsFault] = []

    func add(_ text: String, at node: Node?, path: String) {
        all.append(SettingsFault(line: node?.mark?.line, path: path, text: text))
    }
}

/// One mapping of the configuration file while it is read.
struct SettingsSection {
    /// The section's place in the file: `vendors.helodata`; empty for the whole file.
    let path: String
    /// Where the section stands, for faults about the section itself.
    let node: Node?
    /// Its members in the order of the file.
    let members: [(key: String, keyNode: Node, value: Node)]
    let faults: SettingsFaults

    /// The section at a node; one that is absent or empty has no members, so that every default holds.
    init(_ node: Node?, path: String, faults: SettingsFaults) {
        self.path = path
        self.node = node
        self.faults = faults
        guard case .mapping(let mapping) = node else {
            if let node, !node.isEmpty { faults.add("expected a mapping of keys to values", at: node, path: path) }
            members = []
            return
        }
        var members: [(key: String, keyNode: Node, value: Node)] = []
        for (keyNode, value) in mapping {
            let key = keyNode.scalarText
            if let key, !members.contains(where: { $0.key == key }) {
                members.append((key, keyNode, value))
            } else {
                let place = key.map { Self.join(path, $0) } ?? path
                faults.add(key == nil ? "a key must be plain text" : "stands twice", at: keyNode, path: place)
            }
        }
        self.members = members
    }

    /// The node of a key; nil when the key is absent or has no value.
    func node(_ name: String) -> Node? {
        members.first { $0.key == name && !$0.value.isEmpty }?.value
    }

    /// The value of a key, or its default when the key is absent or its value was refused.
    func value<Value>(_ key: SettingKey<Value>) -> Value {
        guard let node = node(key.name) else { return key.standard }
        do throws(Complaint) {
            return try key.form.read(node)
        } catch {
            refuse(key.name, error.text)
            return key.standard
        }
    }

    /// A section within this one.
    func section(_ name: String) -> SettingsSection {
        SettingsSection(members.first { $0.key == name }?.value, path: Self.join(path, name), faults: faults)
    }

    /// Notes that a section that must have members has none; one that is no section at all was refused before.
    func refuseAbsence(_ text: String) {
        switch node {
        case .none, .some(.mapping): faults.add(text, at: node, path: path)
        case .some(let node) where node.isEmpty: faults.add(text, at: node, path: path)
        case .some: break
        }
    }

    /// Notes a fault of a key, at its line.
    func refuse(_ name: String, _ text: String) {
        faults.add(text, at: members.first { $0.key == name }?.keyNode ?? node, path: Self.join(path, name))
    }

    /// Refuses every key that is not known. `reason` may say more about one.
    func refuseUnknown(known: [String], reason: (String) -> String? = { _ in nil }) {
        for member in members where !known.contains(member.key) {
            let more = reason(member.key) ?? "unknown key; known keys are \(known.joined(separator: ", "))"
            faults.add(more, at: member.keyNode, path: Self.join(path, member.key))
        }
    }

    private static func join(_ path: String, _ name: String) -> String {
        let name = name.terminalText(limit: 64)
        return path.isEmpty ? name : "\(path).\(name)"
    }
}

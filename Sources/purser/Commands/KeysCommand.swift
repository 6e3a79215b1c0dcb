import ArgumentParser
import ExactJSON
import Foundation
import Purchasing

/// `purser keys`: who may call.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke the keys of clients.",
        discussion: """
            A key belongs to a client and has one role: a buyer buys and sees its own client's orders, an auditor reads \
            everything and buys nothing, an operator does everything for every client.

            These commands work on the database itself while no gateway runs, and otherwise ask the gateway through the \
            socket beside the database file; whoever may open that socket is an operator.

              TOKEN=$(purser keys create --config purser.yaml --client crawler --role buyer)

            \(ExitStatus.text)
            """,
        subcommands: [Create.self, List.self, Revoke.self])
}

extension KeysCommand {
    /// `purser keys create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and print its token, once, alone on standard output.",
            discussion: """
                The token is what the client sends as `Authorization: Bearer …`. It is kept nowhere, so it cannot be \
                printed again.

                  purser keys create --config purser.yaml --client crawler --role buyer

                \(ExitStatus.text)
                """)

        @OptionGroup var file: ConfigurationFile
        @Option(help: "The client's name: 1 to 64 letters, digits, dots, _ and -. Several keys may share one.")
        var client: String
        @Option(help: "What the key may do: buyer, auditor or operator.", transform: Self.role)
        var role: Role
        @Flag(help: "Print a JSON object with the key's id, client, role and token.")
        var json = false

        func run() async throws {
            try await reportingFailure {
                let desk = try await file.settings(secrets: false).keyDesk(makesDatabase: true)
                let issued = try await desk.closing { try await $0.issue(client: client, role: role) }
                guard Terminal.output.write(json ? issued.json.text + "\n" : "\(issued.token?.revealed ?? "")\n") else {
                    throw CommandFailure(
                        ExitStatus.failure,
                        "the token could not be printed; revoke the key with: purser keys revoke \(issued.id)")
                }
            }
        }

        @Sendable private static func role(_ text: String) throws -> Role {
            guard let role = Role(rawValue: text) else {
                throw ValidationError("a role is one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return role
        }
    }

    /// `purser keys list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every key, revoked ones too, without its secret.",
            discussion: """
                  purser keys list --config purser.yaml

                \(ExitStatus.text)
                """)

        @OptionGroup var file: ConfigurationFile
        @Flag(help: "Print a JSON array instead of a table.")
        var json = false

        func run() async throws {
            try await reportingFailure {
                let desk = try await file.settings(secrets: false).keyDesk()
                let keys = try await desk.closing { try await $0.list() }
                if json {
                    Terminal.output.write(JSON.array(keys.map(\.json)).prettyText + "\n")
                    return
                }
                var table = TextTable("ID", "CLIENT", "ROLE", "CREATED", "REVOKED")
                table.rows = keys.map { [$0.id, $0.client, $0.role, $0.createdAt, $0.revokedAt ?? "-"] }
                Terminal.output.write(table.text)
            }
        }
    }

    /// `purser keys revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a key for good; a running gateway refuses it from then on.",
            discussion: """
                  purser keys revoke --config purser.yaml key_01JDA3ZK6V0Y8N5T2W4X6R9QHC

                \(ExitStatus.text)
                """)

        @OptionGroup var file: ConfigurationFile
        @Argument(help: "The key's id, as `purser keys list` shows it.")
        var keyID: String

        func validate() throws {
            guard Identifier(keyID, kind: .key) == nil else { return }
            throw ValidationError("a key's id is key_ and 26 letters and digits, as `purser keys list` shows it")
        }

        func run() async throws {
            try await reportingFailure {
                guard let id = Identifier(keyID, kind: .key) else { return }
                let desk = try await file.settings(secrets: false).keyDesk()
                let key = try await desk.closing { try await $0.revoke(id) }
                Terminal.output.write("revoked \(key.id) of \(key.client)\n")
            }
        }
    }
}

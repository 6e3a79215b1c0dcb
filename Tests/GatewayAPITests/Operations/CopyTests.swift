import GatewayAPI
import HTTPTypes
import Purchasing
import Testing

@Suite struct `Copies of the store` {
    @Test func `are made on the socket beside the database only`() async throws {
        try await Office.open(.network) { office in
            let reply = try await office.call(.post, "/copies", as: .operator, body: #"{"path":"/tmp/x"}"#)
            #expect(reply.status == 404)
        }
    }

    @Test(arguments: [
        (#"{}"#, 422), (#"{"path":"x"}"#, 422), (#"{"path":5}"#, 422), (#"{"path":"/x","mode":1}"#, 422),
        // This store lives in memory.
        (#"{"path":"/tmp/x"}"#, 503),
    ]) func `need an absolute path and a file`(body: String, status: Int) async throws {
        try await Office.open(.local) { office in
            let reply = try await office.call(.post, "/copies", body: body)
            #expect(reply.status == status, "\(reply.text)")
        }
    }
}

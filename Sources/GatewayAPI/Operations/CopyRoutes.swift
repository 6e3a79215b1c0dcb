import ExactJSON
import HTTPTypes
import Hummingbird
import Purchasing

extension HTTPContract {
    /// `POST /copies`: copies the store into a new file on the server's machine, while it is used. The copy is whole, but
    /// neither fsynced nor checked: `purser backup` does the rest.
    func copyStore(_ call: Call, _ caller: Caller) async throws(Problem) -> Response {
        let json = try await call.object()
        var faults = json.strangers(to: ["path"])
        let path = json.present["path"]?.string
        if path?.hasPrefix("/") != true || path?.utf8.contains(0) == true {
            faults.append(Fault(.pointer("/path"), "required", "an absolute path at which nothing stands"))
        }
        guard let path, faults.isEmpty else { throw .badBody(faults) }
        guard let copies else {
            throw Problem(.storeUnavailable, "this store cannot be copied", moneyState: .unchanged)
        }
        do throws(StoreCopyError) {
            let size = try await copies.copy(to: path)
            let body: JSON = ["path": .string(path), "bytes": .int(size)]
            return Response(.created, body, headers: [.cacheControl: "no-store"])
        } catch {
            switch error {
            case .badPlace(let reason): throw .badBody([Fault(.pointer("/path"), "unusable_path", reason)])
            case .failed(let reason): throw Problem(.storeUnavailable, reason, moneyState: .unchanged)
            }
        }
    }
}
